//! What actions send, compared with what a browser's client sends.

use serde_json::json;

use crate::stage::{Stage, show};

#[tokio::test(start_paused = true)]
async fn a_click_goes_out_from_the_innermost_element_until_one_stops_it() {
    let stage = Stage::new();
    let html = r#"<div @click="outer"><p @click.stop="middle([1])" ts-value:id="7"><b id="b" @click="inner">x</b></p></div>
        <i id="i" @click.self="own"><u id="u">x</u></i>
        <em id="once" @click.once="once">x</em>
        <main @click.capture="first"><s id="s" @click="last">x</s></main>"#;
    let page = show(&stage, html, json!([])).await;
    page.click("#b").await.unwrap();
    assert_eq!(
        stage.heard(),
        [
            json!([0, "inner", null]),
            json!([0, "middle", { "args": [1], "values": { "id": "7" } }])
        ]
    );
    page.click("#u").await.unwrap();
    assert_eq!(stage.heard(), [] as [serde_json::Value; 0]);
    page.click("#i").await.unwrap();
    page.click("#once").await.unwrap();
    page.click("#once").await.unwrap();
    page.click("#s").await.unwrap();
    let names: Vec<_> = stage
        .heard()
        .into_iter()
        .map(|told| told[1].clone())
        .collect();
    assert_eq!(names, ["own", "once", "first", "last"]);
}

#[tokio::test(start_paused = true)]
async fn listeners_outside_and_at_the_window_hear_of_it() {
    let stage = Stage::new();
    let html = r#"<div id="menu" @click.outside="close"><b id="in">x</b></div><div hidden @click.outside="never"></div>
        <p id="p">x</p><i @keydown.window.ctrl.k="search"></i>"#;
    let page = show(&stage, html, json!([])).await;
    page.click("#in").await.unwrap();
    assert_eq!(stage.heard(), [] as [serde_json::Value; 0]);
    page.click("#p").await.unwrap();
    assert_eq!(stage.heard(), [json!([0, "close", null])]);
    page.keydown("#p", "k").await.unwrap();
    page.keydown("#p", "Control+k").await.unwrap();
    assert_eq!(
        stage.heard(),
        [json!([0, "search", { "type": "keydown", "key": "k", "code": "KeyK", "ctrl": true }])]
    );
}

#[tokio::test(start_paused = true)]
async fn a_form_tells_what_its_fields_hold() {
    let stage = Stage::new();
    let html = r#"<form id="f" @submit="save" @input="edit">
            <input id="name" name="name" value="Ann"><input name="off" disabled value="x">
            <input type="checkbox" id="box" name="box" value="yes"><input type="radio" name="size" value="s" checked>
            <input type="radio" id="m" name="size" value="m"><textarea name="text">long</textarea>
            <select name="country" id="country"><option value="se">Sweden<option value="no">Norway</select>
            <select name="tags" id="tags" multiple><option>a<option>b<option>c</select>
            <fieldset disabled><legend><input name="legend" value="l"></legend><input name="set" value="x"></fieldset>
            <input type="file" name="file"><input value="nameless"><button id="draft" name="how" value="draft">Draft</button>
        </form><input name="far" value="away" form="f"><button id="far" form="f" name="how" value="far">Far</button>"#;
    let page = show(&stage, html, json!([])).await;
    page.type_text("#name", "Bob").await.unwrap();
    assert_eq!(
        stage.heard(),
        [json!([0, "edit", {
            "type": "input", "name": "name", "value": "Bob",
            "form": [["name", "Bob"], ["size", "s"], ["text", "long"], ["country", "se"], ["legend", "l"], ["far", "away"]],
            "unused": ["off", "box", "size", "text", "country", "tags", "legend", "set", "far"]
        }])]
    );
    page.check("#box", true).await.unwrap();
    page.check("#m", true).await.unwrap();
    page.change("#country", "Norway").await.unwrap();
    page.select("#tags", &["a", "c"]).await.unwrap();
    stage.heard();
    page.click("#draft").await.unwrap();
    let all = [
        ["name", "Bob"],
        ["box", "yes"],
        ["size", "m"],
        ["text", "long"],
        ["country", "no"],
        ["tags", "a"],
        ["tags", "c"],
        ["legend", "l"],
    ];
    let mut sent = all.to_vec();
    sent.extend([["how", "draft"], ["far", "away"]]);
    assert_eq!(
        stage.heard(),
        [json!([0, "save", { "type": "submit", "submitter": ["how", "draft"], "form": sent }])]
    );
    page.submit("form").await.unwrap();
    let mut sent = all.to_vec();
    sent.push(["far", "away"]);
    assert_eq!(
        stage.heard(),
        [json!([0, "save", { "type": "submit", "form": sent }])]
    );
    page.click("#far").await.unwrap();
    assert_eq!(stage.heard()[0][2]["submitter"], json!(["how", "far"]));
}

#[tokio::test(start_paused = true)]
async fn a_field_tells_change_when_it_loses_the_focus() {
    let stage = Stage::new();
    let html = r#"<input id="a" name="a" value="1" @input="typed" @change="changed" @blur="left" @focus="came"><button @click="next">x</button>"#;
    let page = show(&stage, html, json!([])).await;
    page.type_text("#a", "2").await.unwrap();
    page.click("button").await.unwrap();
    let told = |kind: &str, value: &str| json!({ "type": kind, "name": "a", "value": value });
    assert_eq!(
        stage.heard(),
        [
            json!([0, "came", told("focus", "1")]),
            json!([0, "typed", told("input", "2")]),
            json!([0, "changed", told("change", "2")]),
            json!([0, "left", told("blur", "2")]),
            json!([0, "next", null]),
        ]
    );
    page.focus("#a").await.unwrap();
    page.blur("#a").await.unwrap();
    let names: Vec<_> = stage
        .heard()
        .into_iter()
        .map(|told| told[1].clone())
        .collect();
    assert_eq!(names, ["came", "left"], "nothing was entered");
}

#[tokio::test(start_paused = true)]
async fn enter_submits_a_form_by_its_first_button() {
    let stage = Stage::new();
    let html = r#"<form @submit="save"><input id="a" name="a" @keydown.enter="pressed" @keydown.esc="no"><button name="b" value="1">x</button></form>"#;
    let page = show(&stage, html, json!([])).await;
    page.keydown("#a", "Enter").await.unwrap();
    assert_eq!(
        stage.heard(),
        [
            json!([0, "pressed", { "type": "keydown", "name": "a", "value": "", "key": "Enter", "code": "Enter" }]),
            json!([0, "save", { "type": "submit", "form": [["a", ""], ["b", "1"]], "submitter": ["b", "1"] }]),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn enter_submits_a_form_without_a_button_if_it_has_one_text() {
    let stage = Stage::new();
    let html = r#"<form @submit="one"><input id="a" name="a"></form><form @submit="two"><input id="b" @keydown="key"><input></form>"#;
    let page = show(&stage, html, json!([])).await;
    page.keydown("#a", "Enter").await.unwrap();
    page.keydown("#b", "Enter").await.unwrap();
    let heard = stage.heard();
    let names: Vec<_> = heard.iter().map(|told| &told[1]).collect();
    assert_eq!(names, ["one", "key"]);
}

#[tokio::test(start_paused = true)]
async fn boxes_labels_and_disclosures_turn_as_in_a_browser() {
    let stage = Stage::new();
    let html = r#"<label id="l">Box <input type="checkbox" id="box" @change="turned"></label>
        <input type="checkbox" id="held" @click.prevent="no"><details><summary id="s">More</summary>text</details>"#;
    let page = show(&stage, html, json!([])).await;
    page.click("#l").await.unwrap();
    assert_eq!(
        stage.heard(),
        [json!([0, "turned", { "type": "change", "value": "on" }])]
    );
    assert_eq!(page.count("#box:checked").unwrap(), 1);
    page.check("#box", true).await.unwrap();
    assert_eq!(
        stage.heard(),
        [] as [serde_json::Value; 0],
        "it is checked already"
    );
    page.check("#box", false).await.unwrap();
    assert_eq!(
        stage.heard(),
        [json!([0, "turned", { "type": "change", "value": "" }])]
    );
    page.click("#held").await.unwrap();
    assert_eq!(page.count("#held:checked").unwrap(), 0);
    page.click("#s").await.unwrap();
    assert_eq!(
        page.attribute("details", "open").unwrap().as_deref(),
        Some("")
    );
}

#[tokio::test(start_paused = true)]
async fn other_events_have_what_their_type_says() {
    let stage = Stage::new();
    let html =
        r#"<div @sorted="order" @dblclick="twice"><ul id="l" @viewport-bottom="more"></ul></div>"#;
    let page = show(&stage, html, json!([])).await;
    page.event("#l", "sorted", Some(json!({ "from": 1 })))
        .await
        .unwrap();
    page.event("#l", "dblclick", None).await.unwrap();
    page.event("#l", "viewport-bottom", Some(json!({ "id": "r9" })))
        .await
        .unwrap();
    assert_eq!(
        stage.heard(),
        [
            json!([0, "order", { "type": "sorted", "data": { "from": 1 } }]),
            json!([0, "twice", { "type": "dblclick", "x": 0, "y": 0 }]),
            json!([0, "more", { "type": "viewport-bottom", "data": { "id": "r9" } }]),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn models_tell_the_server_unless_the_client_has_the_state() {
    let stage = Stage::new();
    let html = r#"<input id="a" ts-model="user.name"><input id="n" type="number" ts-model="count"><input type="checkbox" id="c" ts-model.lazy="ok"><input id="l" ts-model.lazy.trim="late">
        <p ts-state='{"open":1}'><input id="own" ts-model="open"></p>"#;
    let page = show(&stage, html, json!([])).await;
    page.type_text("#a", "Ann").await.unwrap();
    page.type_text("#n", "12.5").await.unwrap();
    page.type_text("#n", "").await.unwrap();
    page.check("#c", true).await.unwrap();
    page.type_text("#own", "x").await.unwrap();
    page.type_text("#l", " on its way").await.unwrap();
    page.change("#l", " done ").await.unwrap();
    let told = |path: &str, value: serde_json::Value| json!([0, "ts-model", { "data": { "path": path, "value": value } }]);
    assert_eq!(
        stage.heard(),
        [
            told("user.name", json!("Ann")),
            told("count", json!(12.5)),
            told("count", json!(null)),
            told("ok", json!(true)),
            told("late", json!("done")),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn client_commands_change_the_page_and_stay_when_patches_come() {
    let stage = Stage::new();
    let html = r##"<button id="b" @click='[["addClass",{"to":"#t","names":["on"]}],["hide",{"to":"#h"}],["setAttribute",{"to":"#t","name":"aria-busy","value":"true"}],["push",{"event":"save","data":[1]}]]'>x</button>
        <p id="t" class="{}">x</p><p id="h">x</p><button id="go" @click='[["patch",{"url":"?page=2"}]]'>x</button>"##;
    let page = show(&stage, html, json!(["a"])).await;
    page.click("#b").await.unwrap();
    assert_eq!(stage.heard(), [json!([0, "save", { "data": [1] }])]);
    page.push("set", Some(json!([0, "b"]))).await.unwrap();
    assert_eq!(
        page.attribute("#t", "class").unwrap().as_deref(),
        Some("b on")
    );
    assert_eq!(
        page.attribute("#t", "aria-busy").unwrap().as_deref(),
        Some("true")
    );
    assert_eq!(
        page.attribute("#h", "style").unwrap().as_deref(),
        Some("display: none")
    );
    page.click("#go").await.unwrap();
    assert_eq!(page.url(), "/stage?page=2");
}

#[tokio::test(start_paused = true)]
async fn a_command_dispatches_events_that_bubble_or_not() {
    let stage = Stage::new();
    let html = r#"<div @moved="seen"><b id="up" @click='[["dispatch",{"name":"moved","detail":1}]]'>x</b>
        <b id="here" @click='[["dispatch",{"name":"moved","bubbles":false}]]'>x</b></div>"#;
    let page = show(&stage, html, json!([])).await;
    page.click("#here").await.unwrap();
    assert_eq!(stage.heard(), [] as [serde_json::Value; 0]);
    page.click("#up").await.unwrap();
    assert_eq!(
        stage.heard(),
        [json!([0, "seen", { "type": "moved", "data": 1 }])]
    );
}
