//! Pages and messages as NiceGUI 3.18 has sent them, shortened.

use super::*;

const PAGE: &str = r#"<script type="module">
      const app = createApp(parseElements(String.raw`{"0":{"tag":"q-layout","children":[4],"events":[{"listener_id":"6999951a","type":"sub_pages_open"}]},"4":{"tag":"q-btn","props":{"color":"primary","label":"a &lt; b &amp;amp; &#96;&#36;{c}&#96;"},"events":[{"listener_id":"643f0437","type":"click","args":[]}]}}`), {
        version: "3.18.0",
        prefix: "",
        query: {'client_id': '3c0e4dda', 'next_message_id': 7, 'implicit_handshake': True},
      });</script>"#;

fn page() -> Page {
    Page {
        client: "3c0e4dda".into(),
        next_message: 7,
        element: 4,
        listener: "643f0437".into(),
    }
}

#[test]
fn a_page_tells_what_joins_it_and_the_first_listener_to_clicks() -> Result<()> {
    assert_eq!(read(PAGE)?, page());
    Ok(())
}

#[test]
fn a_page_in_which_nothing_can_be_clicked_is_refused() {
    let html = PAGE.replace("\"click\"", "\"hover\"");
    let error = read(&html).expect_err("nothing listens");
    assert_eq!(error.to_string(), "nothing in the page listens to clicks");
    let error = read("<body></body>").expect_err("there are no elements");
    assert_eq!(error.to_string(), "the page has no elements of NiceGUI");
}

#[test]
fn a_click_and_what_was_received_are_events_of_socket_io() {
    assert_eq!(
        click(&page()),
        r#"42["event",{"id":4,"client_id":"3c0e4dda","listener_id":"643f0437","args":[]}]"#
    );
    assert_eq!(
        acknowledge(&page()),
        r#"42["ack",{"client_id":"3c0e4dda","next_message_id":7}]"#
    );
}

#[test]
fn updates_are_told_from_all_else() -> Result<()> {
    let update = r#"42["update",{"4":{"tag":"q-btn","props":{"label":"11"}},"_id":10}]"#;
    assert_eq!(packet(update)?, Packet::Update(10));
    let components = r#"42["load_js_components",{"components":[],"_id":9}]"#;
    assert_eq!(packet(components)?, Packet::Other);
    assert_eq!(packet("2")?, Packet::Ping);
    assert_eq!(packet("6")?, Packet::Other);
    Ok(())
}

#[test]
fn a_handshake_is_read_and_a_refusal_is_an_error() -> Result<()> {
    let open = r#"0{"sid":"Zc","upgrades":[],"pingTimeout":24000,"pingInterval":48000}"#;
    assert_eq!(packet(open)?, Packet::Opened);
    assert_eq!(packet(r#"40{"sid":"x"}"#)?, Packet::Connected);
    let error = packet(r#"44{"message":"Implicit handshake failed"}"#).expect_err("it is refused");
    assert!(
        error.to_string().contains("Implicit handshake failed"),
        "{error}"
    );
    Ok(())
}
