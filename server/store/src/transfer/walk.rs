//! The same table in two databases, read side by side in the order of its keys.

use std::cmp::Ordering;

use super::catalogue::Table;
use super::link::Link;
use super::rows::Row;
use super::value::Value;
use crate::StoreError;

/// Rows written at once.
const TOGETHER: usize = 500;

/// The same table on both sides.
pub(super) struct Walk<'w> {
    pub(super) from: &'w Table,
    pub(super) to: &'w Table,
    pub(super) source: &'w mut Link,
    pub(super) target: &'w mut Link,
}

/// Rows of one side, page after page.
struct Rows {
    page: std::vec::IntoIter<Row>,
    next: Option<Row>,
    last: Option<Row>,
    ended: bool,
}

impl Rows {
    fn new() -> Self {
        Self { page: Vec::new().into_iter(), next: None, last: None, ended: false }
    }

    async fn peek(&mut self, table: &Table, link: &mut Link) -> Result<Option<&Row>, StoreError> {
        if self.next.is_none() && !self.ended {
            self.next = self.page.next();
            if self.next.is_none() {
                let page = table.page(&mut link.conn(), self.last.as_deref()).await?;
                self.last = page.last().map(|row| table.key_of(row)).or(self.last.take());
                self.ended = page.is_empty();
                self.page = page.into_iter();
                self.next = self.page.next();
            }
        }
        Ok(self.next.as_ref())
    }
}

impl Walk<'_> {
    /// Which side the next key is on, when there is one.
    async fn compare(&mut self, ours: &mut Rows, theirs: &mut Rows) -> Result<Option<Ordering>, StoreError> {
        let one = ours.peek(self.from, self.source).await?.map(|row| self.from.key_of(row));
        let two = theirs.peek(self.to, self.target).await?.map(|row| self.to.key_of(row));
        Ok(match (one, two) {
            (None, None) => None,
            (Some(_), None) => Some(Ordering::Less),
            (None, Some(_)) => Some(Ordering::Greater),
            (Some(one), Some(two)) => Some(one.cmp(&two)),
        })
    }

    /// Removes what the source does not have.
    pub(super) async fn remove(&mut self) -> Result<u64, StoreError> {
        let (mut ours, mut theirs) = (Rows::new(), Rows::new());
        let mut strays: Vec<Vec<Value>> = Vec::new();
        if theirs.peek(self.to, self.target).await?.is_none() {
            return Ok(0);
        }
        while let Some(side) = self.compare(&mut ours, &mut theirs).await? {
            if side.is_le() {
                ours.next = None;
            }
            if side.is_ge()
                && let Some(row) = theirs.next.take()
                && side.is_gt()
            {
                strays.push(self.to.key_of(&row));
            }
        }
        self.target.begin().await?;
        for key in &strays {
            self.to.delete(&mut self.target.conn(), key).await?;
        }
        self.target.commit().await?;
        Ok(strays.len() as u64)
    }

    /// Writes what the target lacks or has otherwise.
    pub(super) async fn write(
        &mut self,
        tell: &mut (dyn FnMut(u64, u64, bool) + Send),
    ) -> Result<(u64, u64), StoreError> {
        let (mut ours, mut theirs) = (Rows::new(), Rows::new());
        let (mut rows, mut written) = (0, 0);
        let mut missing: Vec<Row> = Vec::new();
        while let Some(side) = self.compare(&mut ours, &mut theirs).await? {
            let other = if side.is_ge() { theirs.next.take() } else { None };
            let Some(row) = (if side.is_le() { ours.next.take() } else { None }) else { continue };
            rows += 1;
            match other {
                None => missing.push(row),
                Some(other) if self.is_same(&row, &other) => {}
                Some(_) => {
                    self.to.update(&mut self.target.conn(), &row).await?;
                    written += 1;
                }
            }
            if missing.len() == TOGETHER {
                written += self.insert(&mut missing).await?;
            }
            tell(rows, written, false);
        }
        written += self.insert(&mut missing).await?;
        tell(rows, written, true);
        Ok((rows, written))
    }

    async fn insert(&mut self, rows: &mut Vec<Row>) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        self.target.begin().await?;
        self.to.insert(&mut self.target.conn(), rows).await?;
        self.target.commit().await?;
        Ok(std::mem::take(rows).len() as u64)
    }

    fn is_same(&self, one: &Row, two: &Row) -> bool {
        let json = self.from.columns.iter().zip(&self.to.columns).map(|(a, b)| a.is_json() || b.is_json());
        one.iter().zip(two).zip(json).all(|((one, two), json)| one.is_same(two, json))
    }
}
