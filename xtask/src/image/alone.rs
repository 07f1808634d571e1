//! The program with nothing around it: no libraries, no shell, no certificates, no `/etc`, `/proc` or `/dev`.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::paths::Paths;
use crate::{apt, process};

/// As whom the image runs it.
const USER: u32 = 65532;

/// Whether it serves and whether `doctor` is content.
pub(super) fn check(paths: &Paths, program: &Path) -> Result<()> {
    let folder = furnish(paths, program)?;
    let mut server = Server::start(&folder)?;
    let address = server.address.clone();
    ensure!(get(&address, "/healthz")?.ends_with("\r\n\r\nok\n"), "/healthz does not say ok");
    let page = get(&address, "/login")?;
    ensure!(page.starts_with("HTTP/1.1 200"), "/login answers {}", page.lines().next().unwrap_or_default());
    let is_style = |path: &&str| path.starts_with('/') && Path::new(path).extension().is_some_and(|kind| kind == "css");
    let style = page.split('"').find(is_style);
    let style = style.context("/login names no style sheet")?;
    let answer = get(&address, style)?;
    ensure!(answer.starts_with("HTTP/1.1 200") && answer.contains("text/css"), "{style} is no style sheet");
    let said = process::output(inside(&folder).arg("doctor").env("SPACEIQ_LISTEN", &address))?;
    println!("{said}");
    server.stop()
}

/// A new folder with the program and a place for its data.
fn furnish(paths: &Paths, program: &Path) -> Result<PathBuf> {
    let (folder, data) = (paths.target.join("alone"), paths.target.join("alone/data"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&data)
        .and_then(|()| fs::copy(program, folder.join("spaceiq")))
        .with_context(|| format!("cannot furnish {}", folder.display()))?;
    #[cfg(unix)]
    if apt::is_root() {
        std::os::unix::fs::chown(&data, Some(USER), Some(USER)).context("cannot give the data to the program")?;
    }
    Ok(folder)
}

/// The program, to which the folder is all there is.
fn inside(folder: &Path) -> Command {
    let mut command = Command::new(if apt::is_root() { "chroot" } else { "unshare" });
    if apt::is_root() {
        command.arg(format!("--userspec={USER}:{USER}"));
    } else {
        command.args(["--map-root-user", "chroot"]);
    }
    command.arg(folder).arg("/spaceiq").env_clear().env("SPACEIQ_DATABASE_URL", "sqlite:/data/spaceiq.db");
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

/// Serving, until the value ends.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(folder: &Path) -> Result<Self> {
        let mut command = inside(folder);
        command.args(["serve", "--listen", "127.0.0.1:0"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start it")?;
        let mut first = String::new();
        if let Some(output) = child.stdout.take() {
            let mut output = BufReader::new(output);
            output.read_line(&mut first)?;
            // Nobody reads the rest, and a full pipe would stop it.
            std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        }
        let mut server = Self { child, address: String::new() };
        let Some((_, address)) = first.trim().split_once("http://") else {
            bail!("it does not start: {first}");
        };
        address.clone_into(&mut server.address);
        Ok(server)
    }

    /// Asks it to stop, which it does well.
    fn stop(&mut self) -> Result<()> {
        process::output(Command::new("kill").args(["-TERM", &self.child.id().to_string()]))?;
        let status = self.child.wait()?;
        ensure!(status.success(), "it did not stop well: {status}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(address: &str, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("cannot reach {address}"))?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).with_context(|| format!("{path} was not answered"))?;
    Ok(answer)
}
