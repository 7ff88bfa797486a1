import { html, LiveView } from 'wellhead';

/** Fields of all kinds that are bound to the state, and the state as the server has it. */
export default class Models extends LiveView {
	state = { text: 'a', count: 1, size: 5, on: false, tags: ['x'], one: 'left', many: ['u'], inside: { note: '' } };

	twice() {
		this.state.text += this.state.text;
		this.state.count *= 2;
	}

	render() {
		const { text, count, size, on, tags, one, many, inside } = this.state;
		return html`
			<label>Text <input ts-model="text" value=${text}></label>
			<label>Count <input type="number" ts-model.lazy="count" value=${count}></label>
			<label>Size <input type="range" ts-model="size" value=${size} min="0" max="10"></label>
			<label>On <input type="checkbox" ts-model="on" ?checked=${on}></label>
			${['x', 'y'].map((tag) => html`<label>${tag} <input type="checkbox" ts-model="tags" value=${tag} ?checked=${tags.includes(tag)}></label>`)}
			${['left', 'right'].map((side) => html`<label>${side} <input type="radio" name="one" ts-model=${'one'} value=${side} ?checked=${one === side}></label>`)}
			<label>Many <select multiple ts-model="many">${['u', 'v', 'w'].map((item) => html`<option ?selected=${many.includes(item)}>${item}</option>`)}</select></label>
			<label>Note <textarea ts-model.trim="inside.note">${inside.note}</textarea></label>
			<button @click="twice">Twice</button>
			<pre>${JSON.stringify(this.state)}</pre>
		`;
	}
}
