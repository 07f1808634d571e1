//! A backup as a file: lines of JSON. A header, then for each table its columns, its rows and its end, and a last line
//! with the digest of all before it. It is the same for both engines.

use std::io::{BufRead, Write};

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::catalogue::Table;
use super::rows::Row;
use super::value::{Value, hex};
use crate::StoreError;

const FORMAT: &str = "spaceiq-backup";
const VERSION: i64 = 1;

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// When it was made, in milliseconds since 1970.
    pub made_at: i64,
    /// The newest migration of the database that it was made from.
    pub migration: i64,
    /// The program's version.
    pub program: String,
}

pub(super) struct Writer<W: Write> {
    out: W,
    hasher: Sha256,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W, header: &Header) -> Result<Self, StoreError> {
        let mut writer = Self { out, hasher: Sha256::new() };
        writer.line(&json!({
            "format": FORMAT, "version": VERSION, "made_at": header.made_at, "migration": header.migration,
            "program": header.program,
        }))?;
        Ok(writer)
    }

    fn line(&mut self, value: &Json) -> Result<(), StoreError> {
        let line = format!("{value}\n");
        self.hasher.update(line.as_bytes());
        self.out.write_all(line.as_bytes())?;
        Ok(())
    }

    pub(super) fn table(&mut self, table: &Table) -> Result<(), StoreError> {
        self.line(&json!({ "table": table.name, "columns": table.column_names() }))
    }

    pub(super) fn row(&mut self, row: &[Value]) -> Result<(), StoreError> {
        self.line(&Json::Array(row.iter().map(Value::to_json).collect()))
    }

    pub(super) fn end_of_table(&mut self, rows: u64) -> Result<(), StoreError> {
        self.line(&json!({ "rows": rows }))
    }

    /// Writes the last line.
    pub(super) fn finish(mut self) -> Result<W, StoreError> {
        let digest = hex(&self.hasher.clone().finalize());
        self.line(&json!({ "sha256": digest }))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// What stands in a line behind the header.
pub(super) enum Line {
    Table { name: String, columns: Vec<String> },
    Row(Vec<Json>),
    End { rows: u64 },
}

pub(super) struct Reader<R: BufRead> {
    input: R,
    hasher: Sha256,
    text: String,
    number: u64,
    ended: bool,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(input: R) -> Result<(Self, Header), StoreError> {
        let mut reader = Self { input, hasher: Sha256::new(), text: String::new(), number: 0, ended: false };
        let line = reader.read().ok().flatten().filter(|line| line["format"] == FORMAT);
        let Some(line) = line else { return Err(StoreError::Transfer("the file is no backup of SpaceIQ".to_owned())) };
        if line["version"] != VERSION {
            return Err(StoreError::Transfer("the backup is of a format that this version does not know".to_owned()));
        }
        let (Some(made_at), Some(migration)) = (line["made_at"].as_i64(), line["migration"].as_i64()) else {
            return Err(reader.broken());
        };
        let program = line["program"].as_str().unwrap_or_default().to_owned();
        Ok((reader, Header { made_at, migration, program }))
    }

    fn read(&mut self) -> Result<Option<Json>, StoreError> {
        self.text.clear();
        self.number += 1;
        // A compressed file that was cut short says so by itself.
        let length = self.input.read_line(&mut self.text).map_err(|_| self.broken())?;
        if length == 0 {
            return Ok(None);
        }
        serde_json::from_str(&self.text).map(Some).map_err(|_| self.broken())
    }

    fn broken(&self) -> StoreError {
        StoreError::Transfer(format!("the backup is damaged or cut short at line {}", self.number))
    }

    /// The next line; `None` after the last one, when the digest was right.
    pub(super) fn next(&mut self) -> Result<Option<Line>, StoreError> {
        if self.ended {
            return Ok(None);
        }
        if self.number > 0 {
            self.hasher.update(self.text.as_bytes());
        }
        let Some(line) = self.read()? else { return Err(self.broken()) };
        if let Json::Array(row) = line {
            return Ok(Some(Line::Row(row)));
        }
        if let Some(name) = line["table"].as_str() {
            let columns = line["columns"].as_array().into_iter().flatten();
            let columns = columns.filter_map(|column| Some(column.as_str()?.to_owned())).collect();
            return Ok(Some(Line::Table { name: name.to_owned(), columns }));
        }
        if let Some(rows) = line["rows"].as_u64() {
            return Ok(Some(Line::End { rows }));
        }
        let right = line["sha256"].as_str() == Some(&hex(&self.hasher.clone().finalize()));
        self.ended = right && self.read()?.is_none();
        if self.ended { Ok(None) } else { Err(self.broken()) }
    }

    pub(super) fn row(&self, table: &Table, row: &[Json]) -> Result<Row, StoreError> {
        let values = table.columns.iter().zip(row).map(|(column, value)| Value::from_json(value, column.kind));
        let values: Option<Row> = values.collect();
        values.filter(|_| row.len() == table.columns.len()).ok_or_else(|| self.broken())
    }
}

/// What a whole backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its first line.
    pub header: Header,
    /// How many rows.
    pub rows: u64,
}

/// Reads a backup to its end: whether it is whole.
pub fn check(input: impl BufRead) -> Result<Summary, StoreError> {
    let (mut reader, header) = Reader::new(input)?;
    let (mut total, mut in_table, mut is_open) = (0, 0, false);
    while let Some(line) = reader.next()? {
        match line {
            Line::Table { .. } if !is_open => (in_table, is_open) = (0, true),
            Line::Row(_) if is_open => in_table += 1,
            Line::End { rows } if is_open && rows == in_table => (total, is_open) = (total + rows, false),
            _ => return Err(reader.broken()),
        }
    }
    Ok(Summary { header, rows: total })
}
