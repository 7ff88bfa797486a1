export const load = () => ({
	text: '<b> & "quotes" é – 日本',
	chosen: 'second & best',
	color: 'red',
	values: [1, undefined, null, 0, true, false, 12345678901234567890n, [1, [2, 3]]]
});
