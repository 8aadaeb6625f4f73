import { columnsOf, mappingOf } from '../../../core/epicollect5/columns';
import { parseProject } from '../../../core/epicollect5/project';
import { tidyValue } from '../../../core/epicollect5/tidy';
import type { Fault } from '../../../sandbox/src/epicollect5/faults';
import { everythingIn, SERVER, SLUG, World } from './support/world';

const nested = (depth: number, open: string, inner: string, close: string) =>
	JSON.parse(open.repeat(depth) + inner + close.repeat(depth)) as unknown;

/** One answer to a request for entries, whatever it is. */
async function answered(body: string, fault: Partial<Extract<Fault, { type: 'status' }>> = {}) {
	const world = new World();
	// As often as it is asked: half an answer is asked for again.
	world.service.faults.add({
		fault: { type: 'status', status: 200, body, ...fault },
		kind: 'entries',
		times: 9,
	});
	return { ...(await world.read()), world };
}

describe('a server that means harm', () => {
	it('cannot overflow the stack with a definition of groups in groups', () => {
		const inputs = nested(50_000, '[{"ref":"g","type":"group","group":', '[]', '}]');
		const project = parseProject({
			data: { project: { forms: [{ ref: 'f', inputs }] } },
			meta: { project_mapping: [{ name: 'M', forms: { f: { g: { map_to: 'x' } } } }] },
		});
		expect(project.forms[0]?.questions[0]?.group[0]?.group[0]?.group).toEqual([]);
		expect(columnsOf(project, { formRef: 'f' }, mappingOf(project, 0))).toEqual([]);
	});

	it.each([
		['lists', '[', ']'],
		['objects', '{"a":', '}'],
		['objects in lists', '[{"a":', '}]'],
	])('cannot overflow the stack with an answer of %s in each other', async (_what, open, close) => {
		for (const inner of ['1', '9007199254740993']) {
			const deep = `${open.repeat(200_000)}${inner}${close.repeat(200_000)}`;
			for (const body of [deep, `{"meta":{"total":1},"data":{"entries":${deep}}}`]) {
				const { error, rows } = await answered(body, { status: 200 });
				expect(rows).toEqual([]);
				expect(error).toMatchObject({ kind: 'api' });
			}
			const { error } = await answered(`{"errors":${deep}}`, { status: 400 });
			expect(error).toMatchObject({ kind: 'api', code: 'refused' });
		}
	});

	it('cannot overflow the stack with an answer of lists in lists', () => {
		const value = nested(100_000, '[', '', ']');
		const column = { datetimeFormat: undefined };
		expect(typeof tidyValue(value, { ...column, type: 'text' })).toBe('string');
		expect(Array.isArray(tidyValue(value, { ...column, type: 'checkbox' }))).toBe(true);
		expect(tidyValue(value, { ...column, type: 'location' })).toBeNull();
		expect(tidyValue(value, { ...column, type: 'integer' })).toBeNull();
		expect(tidyValue(value, { ...column, type: 'photo' })).toMatchObject({ url: null });
	});

	it('cannot leave anything on the prototypes', async () => {
		const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
		const row = `{"ec5_uuid":"u","created_at":"2026-05-01T08:00:00.000Z","uploaded_at":"2026-05-01T08:00:00.000Z","__proto__":${evil}}`;
		const { rows } = await answered(
			`{"meta":{"total":1,"__proto__":${evil}},"data":{"entries":[${row}],"__proto__":${evil}}}`,
		);
		expect(rows).toHaveLength(1);
		parseProject(JSON.parse(`{"data":{"project":{"forms":[${evil}],"__proto__":${evil}}},"meta":${evil}}`));
		expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
		expect(([] as { polluted?: unknown }).polluted).toBeUndefined();
	});

	it('cannot make itself followed to another origin with the token', async () => {
		const world = new World({ access: 'private' });
		world.add(1255);
		for (const status of [301, 302, 303, 307, 308]) {
			world.service.faults.add({
				fault: { type: 'status', status, headers: { location: 'https://elsewhere.test/api' } },
				kind: 'entries',
			});
		}
		world.service.settings.linkOrigin = 'https://elsewhere.test';
		await world.read({}, { tokens: world.tokens() });
		const abroad = world.transport.sent.filter(({ url }) => !url.startsWith(`${SERVER}/`));
		for (const { headers } of abroad) {
			expect(Object.keys(headers ?? {}).map((name) => name.toLowerCase())).not.toContain('authorization');
		}
	});

	it.each(['{"meta":{"total":1e400},"data":{"entries":[]}}', '{"meta":{"total":5},"data":{"entries":[]}}'])(
		'cannot pass off an empty page for the whole: %s',
		async (body) => {
			const world = new World();
			world.service.faults.add({ fault: { type: 'status', status: 200, body }, kind: 'entries', times: 100 });
			const { error, requests } = await world.read();
			expect(error).toMatchObject({ kind: 'incomplete' });
			expect(requests).toBeLessThan(10);
		},
	);

	it.each([0, -5])('cannot keep anybody reading by a total of %d', async (total) => {
		const { error, ids } = await answered(`{"meta":{"total":${total}},"data":{"entries":[]}}`);
		expect(error).toBeUndefined();
		expect(ids).toEqual([]);
	});

	it('cannot keep anybody reading the same full page for ever', async () => {
		const world = new World({ limits: 'off' });
		const row = (i: number) =>
			`{"ec5_uuid":"u${i}","created_at":"2026-05-01T08:00:00.000Z","uploaded_at":"2026-05-01T08:00:00.000Z"}`;
		const rows = Array.from({ length: 500 }, (_, i) => row(i % 7)).join(',');
		const body = `{"meta":{"total":3500},"data":{"entries":[${rows}]}}`;
		world.service.faults.add({ fault: { type: 'status', status: 200, body }, kind: 'entries', times: 300 });
		const stop = new AbortController();
		world.before = (number) => {
			if (number === 250) stop.abort();
		};
		const { error, requests } = await world.read({}, { run: world.run({ signal: stop.signal }) });
		expect(error).toMatchObject({ kind: 'incomplete' });
		expect(requests).toBeLessThan(100);
	});

	it('cannot bring words of its own into an error', async () => {
		const secret = 'ana@example.org says Bearer abc';
		for (const body of [
			`{"errors":[{"code":"ec5_11","title":"${secret}","source":"${secret}"}]}`,
			`{"message":"${secret}"}`,
			`<html>${secret}</html>`,
		]) {
			const { error } = await answered(body, { status: 400 });
			expect(error).toBeDefined();
			expect(everythingIn(error)).not.toContain('ana@example.org');
			expect(everythingIn(error)).not.toContain('Bearer');
		}
	});

	it('cannot learn or leak what is asked for by an error: the query is left out', async () => {
		const world = new World();
		world.service.store.projects.length = 0;
		const { error } = await world.read({ title: 'Ana Secret' });
		expect(error).toMatchObject({ request: `GET ${SERVER}/api/export/entries/${SLUG}` });
		expect(everythingIn(error)).not.toContain('Ana');
	});
});
