//! A list of texts as one bound value, however many they are: an array on PostgreSQL, which the planner can count, and
//! JSON on SQLite.

use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo};
use sqlx::{Postgres, Sqlite, Type};

use crate::Conn;

/// Texts to be bound.
pub(crate) struct Texts<'a>(Vec<&'a str>);

impl<'a> Texts<'a> {
    pub(crate) fn new(texts: impl IntoIterator<Item = &'a (impl AsRef<str> + 'a)>) -> Self {
        Self(texts.into_iter().map(AsRef::as_ref).collect())
    }

    /// PostgreSQL plans a statement for the list it gets, rather than for any, when the list is not short.
    pub(crate) fn is_short(&self) -> bool {
        self.0.len() <= 16
    }
}

impl Type<Sqlite> for Texts<'_> {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Texts<'_> {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        <String as Encode<'_, Sqlite>>::encode(serde_json::to_string(&self.0)?, buffer)
    }
}

impl Type<Postgres> for Texts<'_> {
    fn type_info() -> PgTypeInfo {
        <Vec<&str> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Texts<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <Vec<&str> as Encode<'_, Postgres>>::encode_by_ref(&self.0, buffer)
    }
}

impl Conn<'_> {
    /// A table `j(value)` of the [`Texts`] bound to the parameter.
    pub(crate) fn each_text(&self, parameter: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("json_each({parameter}) AS j"),
            Self::Postgres(_) => format!("unnest({parameter}) AS j(value)"),
        }
    }

    /// A condition that a column equals one of the texts, when they are bound to the parameter: as many look-ups in an
    /// index as there are texts. A join with [`Self::each_text`] would leave it to the planner to read the whole table
    /// instead.
    pub(crate) fn is_one_of(&self, column: &str, parameter: &str, texts: &Texts<'_>) -> String {
        match self {
            Self::Sqlite(_) => format!("{column} IN (SELECT j.value FROM {})", self.each_text(parameter)),
            // It takes a list of any length for a longer one, and would plan the statement anew each time.
            Self::Postgres(_) if texts.0.len() == 1 => format!("{column} = ({parameter})[1]"),
            Self::Postgres(_) => format!("{column} = ANY ({parameter})"),
        }
    }

    /// The opposite of [`Self::is_one_of`].
    pub(crate) fn is_none_of(&self, column: &str, parameter: &str) -> String {
        format!("{column} NOT IN (SELECT j.value FROM {})", self.each_text(parameter))
    }
}
