// fetch, where the head of a response may take a second.

test("a server that does not answer is given up", async () => {
	const error = await rejects(fetch(`${SERVER}/silent`), TypeError);
	equal(error.cause.code, "ETIMEDOUT");
	equal(error.cause.message, "a response did not come within 1s");
});
