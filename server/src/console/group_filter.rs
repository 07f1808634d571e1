//! Employees by group: chosen from a list where there are few groups, else found by what is typed of a name.

use app::components::{Filter, TypedFilter};
use app::pages::AskedGroup;
use store::groups::{self, Group};
use store::listing::Wanted;
use store::{Conn, StoreError, TenantId};

use super::listing::Query;

/// Groups that a list offers; where there are more, a name is typed.
const OFFERED: usize = 100;
/// Groups between which to choose, when what was typed can stand for several.
const CHOICES: usize = 20;

/// What the address says of a group.
#[derive(Debug)]
pub(super) enum Meant {
    /// Nothing.
    All,
    /// The members of this one.
    One(Box<Group>),
    /// One of these, of which there may be others.
    Several(Vec<Group>, bool),
    /// No group is called so.
    Unknown,
}

/// The group with this id, or of this name, or else those whose names have words that begin so.
pub(super) async fn meant(conn: &mut Conn<'_>, tenant: &TenantId, asked: &str) -> Result<Meant, StoreError> {
    let asked = asked.trim();
    if asked.is_empty() {
        return Ok(Meant::All);
    }
    if let Some(group) = groups::get(conn, tenant, asked).await? {
        return Ok(Meant::One(Box::new(group)));
    }
    if let Some(group) = groups::find_by_name(conn, tenant, asked).await? {
        return Ok(Meant::One(Box::new(group)));
    }
    let wanted = Wanted { text: asked.to_owned(), size: CHOICES, ..Wanted::default() };
    let mut found = groups::list(conn, tenant, &wanted).await?;
    Ok(match (found.items.len(), found.items.pop()) {
        (1, Some(group)) => Meant::One(Box::new(group)),
        (_, Some(last)) => {
            found.items.push(last);
            Meant::Several(found.items, found.last.is_some())
        }
        _ => Meant::Unknown,
    })
}

impl Meant {
    /// The query with the group's id, which leads to it whatever it will be called. What stands for no group, or for
    /// several, is no id and finds nobody: a list of everybody would be taken for an answer.
    pub(super) fn narrow(&self, query: Query) -> Query {
        match self {
            Self::One(group) => Query { group: group.id.clone(), ..query },
            Self::All => Query { group: String::new(), ..query },
            Self::Several(..) | Self::Unknown => query,
        }
    }

    /// For the page of the query.
    pub(super) fn shown(&self, query: &Query) -> AskedGroup {
        let choice = |group: &Group| {
            let query = Query { group: group.id.clone(), after: String::new(), before: String::new(), ..query.clone() };
            (query.address("/employees", None), group.document.shown_name())
        };
        match self {
            Self::All => AskedGroup::Any,
            Self::One(group) => AskedGroup::One(group.id.clone(), group.document.shown_name()),
            Self::Several(groups, more) => AskedGroup::Several(groups.iter().map(choice).collect(), *more),
            Self::Unknown => AskedGroup::Unknown,
        }
    }
}

/// The list or the field of the filter; neither where there are no groups.
pub(super) async fn field(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    meant: &Meant,
    query: &Query,
) -> Result<(Option<Filter>, Option<TypedFilter>), StoreError> {
    let page = groups::list(conn, tenant, &Wanted { size: OFFERED, ..Wanted::default() }).await?;
    if page.items.is_empty() {
        return Ok((None, None));
    }
    if page.last.is_some() {
        let value = match meant {
            Meant::One(group) => group.document.shown_name(),
            _ => query.group.clone(),
        };
        let hint = "type the beginnings of words in a group's name.";
        return Ok((None, Some(TypedFilter { name: "group", label: "Group", hint, value })));
    }
    let groups = page.items.iter().map(|group| (group.id.clone(), group.document.shown_name()));
    let options = [(String::new(), "Any".to_owned())].into_iter().chain(groups).collect();
    Ok((Some(Filter { name: "group", label: "Group", options, value: query.group.clone() }), None))
}
