//! Messages as LiveViewJS 0.8.1 has sent them, and as Phoenix's client would.

use super::*;

const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
	<head>
		<meta name="csrf-token" content="qYi-pjiHb52-BHxySDzlh" />
	</head>
	<body>
    <div
      data-phx-main="true"
      data-phx-session="eyJhbGciOiJIUzI1NiJ9.e30.PwXg7_iR"
      data-phx-static=""
      id="phx-bUNB3Wxe-usxXUvzksIyZ">
      <button phx-click="increment">0</button>
    </div>
  </body>
</html>"#;

const REPLY: &str = r#"["4","15","lv:phx-lhwfG94X-nSFrzO3kAdaH","phx_reply",{"status":"ok","response":{"diff":{"0":"11"}}}]"#;

#[test]
fn a_page_tells_what_joins_it() -> Result<()> {
    let expected = Page {
        id: "phx-bUNB3Wxe-usxXUvzksIyZ".into(),
        session: "eyJhbGciOiJIUzI1NiJ9.e30.PwXg7_iR".into(),
        fixed: String::new(),
        csrf: "qYi-pjiHb52-BHxySDzlh".into(),
        handler: Some("increment".into()),
    };
    assert_eq!(read(PAGE)?, expected);
    Ok(())
}

#[test]
fn the_identifier_is_that_of_the_view_wherever_it_stands_in_the_tag() -> Result<()> {
    let page = r#"<div id="other"></div><meta name="csrf-token" content="c">
        <div id="phx-1" data-phx-main data-phx-session="s" data-phx-static="f"></div>"#;
    let page = read(page)?;
    assert_eq!((&*page.id, &*page.fixed), ("phx-1", "f"));
    assert_eq!(page.handler, None);
    Ok(())
}

#[test]
fn a_page_without_a_view_is_refused() {
    let error = read("<p id=\"phx-1\"></p>").expect_err("there is no session");
    assert_eq!(error.to_string(), "the page has no live view");
}

#[test]
fn a_click_is_what_the_client_of_phoenix_says() {
    assert_eq!(
        click("lv:phx-GHoVqYDBXcLRpgAB", 14, "inc"),
        r#"["4","14","lv:phx-GHoVqYDBXcLRpgAB","event",{"type":"click","event":"inc","value":{"value":""}}]"#
    );
}

#[test]
fn a_handler_is_escaped_as_json() {
    let click = click("lv:1", 5, r#"[["push",{"event":"a"}]]"#);
    assert!(
        click.contains(r#""event":"[[\"push\",{\"event\":\"a\"}]]""#),
        "{click}"
    );
}

#[test]
fn only_the_reply_with_its_reference_answers_a_click() -> Result<()> {
    assert!(answers(REPLY, 15)?);
    assert!(!answers(REPLY, 16)?);
    let heartbeat = r#"[null,"15","phoenix","phx_reply",{"response":{},"status":"ok"}]"#;
    assert!(!answers(heartbeat, 16)?);
    assert!(!answers(r#"["4",null,"lv:phx-1","diff",{"0":"11"}]"#, 15)?);
    Ok(())
}

#[test]
fn a_refusal_and_a_channel_that_is_over_are_errors() {
    let refused =
        r#"["4","4","lv:phx-1","phx_reply",{"status":"error","response":{"reason":"stale"}}]"#;
    let error = answers(refused, 4).expect_err("it is refused");
    assert!(error.to_string().contains("stale"), "{error}");
    assert!(answers(r#"["4","4","lv:phx-1","phx_error",{}]"#, 9).is_err());
    assert!(answers("no JSON", 4).is_err());
}
