//! Long lists in pages. A cursor holds the sort key of the last row, so that a page stays right while rows come and go.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Result, StoreError};

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 500;

/// Which page a caller wants.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

impl PageRequest {
    /// A page of at most `limit` items from the start.
    #[must_use]
    pub const fn first(limit: u32) -> Self {
        Self { limit: Some(limit), cursor: None }
    }

    /// How many items this page holds at most.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
    }

    /// What to bind to `LIMIT`: one more than wanted shows whether another page follows.
    #[must_use]
    pub fn probe(&self) -> u32 {
        self.limit() + 1
    }

    /// The sort key after which the page starts, as [`Page::of`] packed it.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`]
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| StoreError::BadCursor)?;
        serde_json::from_slice(&bytes).map(Some).map_err(|_| StoreError::BadCursor)
    }
}

/// One page, and the cursor of the next when there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// From the rows of a statement with `LIMIT` [`PageRequest::probe`]; `key` is the sort key, its last part unique.
    ///
    /// # Errors
    /// The key cannot be written as JSON.
    pub fn of<K: Serialize>(mut items: Vec<T>, request: &PageRequest, key: impl Fn(&T) -> K) -> Result<Self> {
        let limit = usize::try_from(request.limit()).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = match items.last() {
            Some(last) if more => {
                let bytes =
                    serde_json::to_vec(&key(last)).map_err(|why| StoreError::internal(why.to_string()))?;
                Some(URL_SAFE_NO_PAD.encode(bytes))
            }
            _ => None,
        };
        Ok(Self { items, next_cursor })
    }

    #[must_use]
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(make).collect(), next_cursor: self.next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_on_and_the_last_page_has_none() {
        let request = PageRequest::first(2);
        let page = Page::of(vec![1, 2, 3], &request, |n| (*n, "id")).unwrap();
        assert_eq!(page.items, [1, 2]);
        let next = PageRequest { cursor: page.next_cursor, ..request };
        assert_eq!(next.after::<(i32, String)>().unwrap(), Some((2, "id".to_owned())));
        assert_eq!(Page::of(vec![3], &next, |n| *n).unwrap().next_cursor, None);
    }

    #[test]
    fn a_made_up_cursor_is_refused() {
        let request = PageRequest { cursor: Some("!".into()), limit: None };
        assert!(matches!(request.after::<String>(), Err(StoreError::BadCursor)));
    }
}
