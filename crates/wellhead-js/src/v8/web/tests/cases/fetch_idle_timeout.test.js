// fetch, where a body may pause for a second.

test("a body that stalls is given up", async () => {
	const response = await fetch(`${SERVER}/stall`);
	equal(response.status, 200);
	const error = await rejects(response.text(), TypeError);
	equal(error.cause.code, "ETIMEDOUT");
	equal(error.cause.message, "the next part of the body did not come within 1s");
});

test("a body that nobody reads may wait for its reader", async () => {
	const response = await fetch(`${SERVER}/endless`);
	const reader = response.body.getReader();
	await reader.read();
	await new Promise((done) => setTimeout(done, 1500));
	equal((await reader.read()).done, false);
	await reader.cancel();
});
