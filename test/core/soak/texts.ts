/** Texts that break careless readers. The 64 kB one stands among many, so that not every row is as long. */
export const ODD_TEXTS: readonly string[] = [
	...['=1+1', '-5', '+49 170', '@SUM(A1)', '\t=cmd', '"', 'back\\"q', 'a\nb\r\nc', ' ', '<b>&amp;', '\u0000'],
	...[
		'שלום עולם',
		'مرحبا',
		'\u202eabc\u202c',
		'日本語',
		'e\u0301',
		'👩‍👩‍👧',
		'𝒳',
		'Ünïcode ✓',
		'\ufeffbom',
		'\u2028',
	],
	...['__proto__', 'constructor', 'null', '0123', '9223372036854775807', '1e999', 'not@an.address'],
	...Array.from({ length: 12 }, (_, index) => `plain ${index}`),
	'64 kB '.repeat(10_923),
];
