use super::Sum;
use super::tables::{Kind, Table};
use sha2::{Digest, Sha256};
use sqlx::{ColumnIndex, Database, Decode, Row, Type};
use uuid::Uuid;

/// Rows of one table, column by column: PostgreSQL takes an array for each.
pub(super) struct Batch {
    names: Vec<&'static str>,
    columns: Vec<Column>,
    rows: usize,
}

pub(super) enum Column {
    Ids(Vec<Option<Uuid>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Texts(Vec<Option<String>>),
    Integers(Vec<Option<i64>>),
    Flags(Vec<Option<bool>>),
}

/// What either engine's rows can be read as.
pub(super) trait Value<'r, D: Database>: Decode<'r, D> + Type<D> {}
impl<'r, D: Database, T: Decode<'r, D> + Type<D>> Value<'r, D> for T {}

impl Batch {
    pub(super) fn new(table: &Table) -> Self {
        Self {
            names: table.columns.iter().map(|(name, _)| *name).collect(),
            columns: table.columns.iter().map(|(_, kind)| Column::new(*kind)).collect(),
            rows: 0,
        }
    }

    /// Takes a row in and says what it adds to the sum.
    pub(super) fn take<'r, R: Row>(&mut self, row: &'r R) -> Result<u128, sqlx::Error>
    where
        usize: ColumnIndex<R>,
        Uuid: Value<'r, R::Database>,
        Vec<u8>: Value<'r, R::Database>,
        String: Value<'r, R::Database>,
        i64: Value<'r, R::Database>,
        bool: Value<'r, R::Database>,
    {
        let mut digest = Sha256::new();
        for (index, column) in self.columns.iter_mut().enumerate() {
            match column {
                Column::Ids(values) => {
                    let value: Option<Uuid> = row.try_get(index)?;
                    hash(&mut digest, value.as_ref().map(|id| id.as_bytes().as_slice()));
                    values.push(value);
                }
                Column::Bytes(values) => {
                    let value: Option<Vec<u8>> = row.try_get(index)?;
                    hash(&mut digest, value.as_deref());
                    values.push(value);
                }
                Column::Texts(values) => {
                    let value: Option<String> = row.try_get(index)?;
                    hash(&mut digest, value.as_deref().map(str::as_bytes));
                    values.push(value);
                }
                Column::Integers(values) => {
                    let value: Option<i64> = row.try_get(index)?;
                    hash(
                        &mut digest,
                        value.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice),
                    );
                    values.push(value);
                }
                Column::Flags(values) => {
                    let value: Option<bool> = row.try_get(index)?;
                    hash(
                        &mut digest,
                        value.map(|flag| [u8::from(flag)]).as_ref().map(<[u8; 1]>::as_slice),
                    );
                    values.push(value);
                }
            }
        }
        self.rows += 1;
        Ok(first_half(digest))
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn clear(&mut self) {
        self.rows = 0;
        for column in &mut self.columns {
            column.clear();
        }
    }

    pub(super) fn into_columns(self) -> Vec<Column> {
        self.columns
    }

    pub(super) fn ids(&self, name: &str) -> impl Iterator<Item = Uuid> {
        let values = match self.column(name) {
            Some(Column::Ids(values)) => values.as_slice(),
            _ => &[],
        };
        values.iter().copied().flatten()
    }

    pub(super) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = match self.column(name) {
            Some(Column::Texts(values)) => values.as_slice(),
            _ => &[],
        };
        values.iter().flatten().map(String::as_str)
    }

    fn column(&self, name: &str) -> Option<&Column> {
        let at = self.names.iter().position(|other| *other == name)?;
        self.columns.get(at)
    }
}

impl Column {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Id => Self::Ids(Vec::new()),
            Kind::Bytes => Self::Bytes(Vec::new()),
            Kind::Text => Self::Texts(Vec::new()),
            Kind::Integer => Self::Integers(Vec::new()),
            Kind::Flag => Self::Flags(Vec::new()),
        }
    }

    fn clear(&mut self) {
        match self {
            Self::Ids(values) => values.clear(),
            Self::Bytes(values) => values.clear(),
            Self::Texts(values) => values.clear(),
            Self::Integers(values) => values.clear(),
            Self::Flags(values) => values.clear(),
        }
    }
}

impl Sum {
    /// Adding doesn't ask for an order, which the engines would have each their own of.
    pub(super) fn add(&mut self, row: u128) {
        self.rows += 1;
        self.checksum = self.checksum.wrapping_add(row);
    }
}

/// With its length before it, so that no two rows look the same.
fn hash(digest: &mut Sha256, value: Option<&[u8]>) {
    match value {
        Some(bytes) => {
            digest.update([1]);
            digest.update((bytes.len() as u64).to_be_bytes());
            digest.update(bytes);
        }
        None => digest.update([0]),
    }
}

fn first_half(digest: Sha256) -> u128 {
    digest.finalize().iter().take(16).fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}
