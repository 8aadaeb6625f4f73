/**
 * A server of one public project with as many entries as its argument says, for readings too large for the sandbox to
 * keep: the rows are those of the sandbox over and over, each with an ID and dates of its own, made when they are asked
 * for. Answers requests for entries by contract 7, sorted and filtered by date, without a limit; all others are the
 * sandbox's. Prints its address as a line of JSON.
 */
import { createSandbox, listen } from './compiled.mjs';
import { PAGE, SLUG } from './support.mjs';

const SECOND = 1000;
const BEGIN = Date.UTC(2024, 0, 8, 8);
/** Rows of each second. */
const TIES = 4;

const rows = Number(process.argv[2]);
const { epicollect5 } = createSandbox({
	entries: PAGE,
	limits: 'off',
	projects: ['public'],
	children: false,
});
// Without a limit that the answers tell, a reader keeps to that of the public service.
const headers = {
	'content-type': 'application/vnd.api+json; charset=utf-8',
	'x-ratelimit-limit': '1000000',
	'x-ratelimit-remaining': '999999',
};
const path = `/api/export/entries/${SLUG}`;
let moulds;
const { url } = await listen({
	async handle(request) {
		if (request.path !== path) return await epicollect5.handle(request);
		moulds ??= mouldsOf(
			await epicollect5.handle({ ...request, query: new URLSearchParams({ per_page: String(PAGE) }) }),
		);
		return {
			status: 200,
			headers,
			body: Buffer.from(pageOf(request.query), 'latin1'),
		};
	},
});
// Not as 127.0.0.1: for its own machine our transport tells axios to use no proxy, and axios 1.21 keeps that in a function
// which V8 puts among its old objects, with the whole request. No reading of a real service costs that.
console.log(JSON.stringify({ epicollect5: url.replace('127.0.0.1', '0.0.0.0') }));

/** The rows that match are a piece of all rows, as created_at and uploaded_at rise with the number of a row. */
function pageOf(query) {
	const perPage = Number(query.get('per_page') ?? 50);
	const page = Number(query.get('page') ?? 1);
	const isUploaded = query.get('filter_by') === 'uploaded_at';
	const numberAt = (text, fallback, after) =>
		text ? clamp(Math.floor((Date.parse(text) - timeOf(0, isUploaded)) / SECOND + after) * TIES) : fallback;
	const from = numberAt(query.get('filter_from'), 0, 0);
	const to = Math.max(from, numberAt(query.get('filter_to'), rows, 1));
	const total = to - from;
	const isUp = query.get('sort_order')?.toUpperCase() === 'ASC';
	const numbers = [];
	for (let place = (page - 1) * perPage; place < Math.min(page * perPage, total); place++) {
		numbers.push(isUp ? from + place : to - 1 - place);
	}
	const lastPage = Math.max(1, Math.ceil(total / perPage));
	const meta = {
		total,
		per_page: perPage,
		current_page: page,
		last_page: lastPage,
		from: page,
		to: lastPage,
	};
	const links = { self: path, first: path, prev: null, next: null, last: path };
	const mapping = { map_name: 'EC5_AUTO', map_index: 0 };
	return [
		`{"meta":${JSON.stringify({ ...meta, newest: iso(rows - 1), oldest: iso(0) })}`,
		`"data":{"id":"${SLUG}","type":"entries","entries":[${numbers.map(rowOf).join(',')}]`,
		`"mapping":${JSON.stringify(mapping)}}`,
		`"links":${JSON.stringify(links)}}`,
	].join(',');
}

function clamp(number) {
	return Math.min(rows, Math.max(0, number));
}

function timeOf(number, isUploaded) {
	return BEGIN + (Math.floor(number / TIES) + (isUploaded ? 60 : 0)) * SECOND;
}

function iso(number, isUploaded) {
	return new Date(timeOf(number, isUploaded)).toISOString();
}

/** Rows as text, cut where their ID and dates stand. */
function mouldsOf({ body }) {
	return JSON.parse(body).data.entries.map((row) => {
		const marked = { ...row, created_at: '<created>', uploaded_at: '<uploaded>' };
		const text = JSON.stringify(marked).replaceAll(row.ec5_uuid, '<id>');
		return escaped(text).split(/<(id|created|uploaded)>/);
	});
}

/** As the service writes everything outside of ASCII (contract 5). */
function escaped(text) {
	return text.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function rowOf(number) {
	const mould = moulds[number % moulds.length];
	const values = { id: uuidOf(number), created: iso(number, false), uploaded: iso(number, true) };
	let text = mould[0];
	for (let i = 1; i < mould.length; i += 2) text += values[mould[i]] + mould[i + 1];
	return text;
}

/** Looks random, and is another one for each number. */
function uuidOf(number) {
	const hex = (salt) => {
		let mixed = Math.imul(number ^ salt, 0x9e3779b1);
		mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
		return ((mixed ^ (mixed >>> 13)) >>> 0).toString(16).padStart(8, '0');
	};
	const [a, b, c, d] = [hex(0), hex(0x5bd1e995), hex(0x27d4eb2f), hex(0x165667b1)];
	return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}
