use super::*;

fn query(text: &str) -> Result<ListRequest, ScimError> {
    let parameters: Vec<_> = text
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    ListRequest::from_query(&parameters, &mut Notes::default())
}

#[test]
fn counts_and_places_are_put_in_range() {
    for (text, start, count) in [
        ("", 1, DEFAULT_COUNT),
        ("startIndex=0&count=0", 1, 0),
        ("startIndex=-5&count=-1", 1, 0),
        ("startIndex=7&count=1000000", 7, MAX_COUNT),
        ("count=99999999999999999999&startIndex=-99999999999999999999", 1, MAX_COUNT),
        ("STARTINDEX=2&aadOptscim062020", 2, DEFAULT_COUNT),
    ] {
        let request = query(text).expect(text);
        assert_eq!((request.start, request.count), (Start::Index(start), count), "{text}");
    }
    assert!(query("count=many").is_err() && query("sortOrder=sideways").is_err());
}

#[test]
fn a_walk_goes_on_where_it_stopped() {
    let first = query("cursor=&filter=title pr").expect("first");
    let body = first.response(9, vec![], Some("id-7"));
    assert!(body.get("startIndex").is_none());
    let next = body["nextCursor"].as_str().expect("cursor");
    let second = query(&format!("cursor={next}&filter=title pr")).expect("second");
    assert_eq!(second.start, Start::Cursor(Some("id-7".to_owned())));
    assert!(query(&format!("cursor={next}")).is_err(), "another query");
    assert!(second.response(9, vec![], None).get("nextCursor").is_none());
}

#[test]
fn a_search_body_says_the_same() {
    let body = json!({"schemas": [urn::SEARCH], "filter": "title pr", "startIndex": 3, "count": 2, "attributes": ["userName"]});
    let request = ListRequest::from_body(body.as_object().expect("object"), &mut Notes::default()).expect("search");
    assert_eq!((request.start, request.count), (Start::Index(3), 2));
    assert!(ListRequest::from_body(&Map::new(), &mut Notes::default()).is_err());
}
