// fetch, where a request may take a second in all.

test("a body that goes on for too long is given up, however alive it is", async () => {
	// On a machine that is busy, not even the head may be here by then.
	const error = await rejects(async () => (await fetch(`${SERVER}/trickle`)).text(), TypeError);
	equal(error.cause.code, "ETIMEDOUT");
	equal(error.cause.message, "the end of the response did not come within 1s");
});
