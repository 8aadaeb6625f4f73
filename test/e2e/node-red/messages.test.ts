import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { Editor } from './browser';
import { catchAll, debug, entries, inject, project, tab, type ClientApp } from './flows';
import { newestOrAll, NodeRedHost } from './host';
import { packedNodes } from './pack';

const PRIVATE = 'sandbox-private';

interface Seen {
	status: string;
	message: string;
	code: string;
	hint: string;
}

describe.each(newestOrAll)('What a user of Node-RED %s is told', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 20 });
		host = await NodeRedHost.start(version);
		await host.installPack(packedNodes());
	});
	afterAll(async () => {
		await host?.stop();
		await sandbox?.stop();
	});
	afterEach(() => {
		sandbox.admin.clearFaults();
		sandbox.admin.maintenance({ on: false });
	});

	const app = (): ClientApp & { number: number } => {
		const { id, secret } = sandbox.admin.addClient({ project: PRIVATE });
		return { id: String(id), secret, number: id };
	};

	/** Runs one read that has to fail, and gives what status and catch node show. */
	async function failure(
		slug: string,
		client?: ClientApp,
		url = sandbox.addresses.epicollect5,
	): Promise<Seen> {
		await host.deploy([
			...[tab(), project('ec5', url, slug, client), inject('go', ['read']), entries('read', 'ec5', [])],
			...[catchAll('catch', ['caught']), debug('caught', 'error')],
		]);
		const from = host.comms.events.length;
		await host.inject('go');
		const status = await host.statusOf('read', ({ fill }) => fill === 'red', from);
		const error = JSON.parse(String((await host.debugOf('caught', from)).msg)) as {
			message: string;
			code: string;
			cause: { hint: string };
			source: { type: string };
		};
		expect(error.source.type).toBe('epicollect5-entries');
		expect(error.message).toBe(`${status.text}. ${error.cause.hint}`);
		return { status: status.text ?? '', message: error.message, code: error.code, hint: error.cause.hint };
	}

	test('wrong client secret', async () => {
		const seen = await failure(PRIVATE, { ...app(), secret: 'x'.repeat(40) });
		expect(seen).toMatchObject({ code: 'ec5_253', status: 'Client ID or client secret is wrong' });
		expect(seen.hint).toContain('Details > Apps');
	});

	test('unknown project', async () => {
		const seen = await failure('no-such-project', app());
		expect(seen).toMatchObject({ code: 'ec5_11', status: 'There is no such project on this server' });
	});

	test('private project without credentials', async () => {
		const seen = await failure(PRIVATE);
		expect(seen).toMatchObject({
			code: 'ec5_256',
			status: 'This project is private and no client app was given',
		});
	});

	test('an app of another project', async () => {
		const other = sandbox.admin.addClient({ project: 'sandbox-other' });
		const seen = await failure(PRIVATE, { id: String(other.id), secret: other.secret });
		expect(seen.code).toBe('ec5_257');
		expect(seen.status).toContain('another project');
	});

	test('a token that dies again after its renewal: another program shares the app', async () => {
		const body = JSON.stringify({
			errors: [{ code: 'ec5_256', title: 'Access denied.', source: 'middleware' }],
		});
		sandbox.admin.planFault({ kind: 'project', times: 2, fault: { type: 'status', status: 404, body } });
		const seen = await failure(PRIVATE, app());
		expect(seen.code).toBe('ec5_256');
		expect(seen.hint).toContain('Another program');
	});

	test('maintenance', async () => {
		sandbox.admin.maintenance({ on: true });
		const seen = await failure(PRIVATE, app());
		expect(seen).toMatchObject({ code: 'ec5_252', status: 'Epicollect5 is being maintained' });
	}, 60_000);

	test('no server at that address: the status says when it is tried again', async () => {
		await host.deploy([
			...[tab(), project('ec5', 'http://127.0.0.1:9', 'sandbox-public'), inject('go', ['read'])],
			entries('read', 'ec5', []),
		]);
		const from = host.comms.events.length;
		await host.inject('go');
		const { text } = await host.statusOf('read', ({ fill }) => fill === 'yellow', from);
		expect(text).toMatch(/^0 fetched · no answer, next try at \d\d:\d\d:\d\d$/);
	});

	test('a used-up limit is waited for, and the status says until when', async () => {
		await host.deploy([
			...[
				tab(),
				project('ec5', sandbox.addresses.epicollect5, 'sandbox-other', undefined),
				inject('go', ['read']),
			],
			...[entries('read', 'ec5', ['seen']), debug('seen', 'payload')],
		]);
		sandbox.admin.setProject({ project: 'sandbox-other', access: 'public' });
		sandbox.admin.planFault({ kind: 'entries', fault: { type: 'rateLimited', retryAfter: 2 } });
		const from = host.comms.events.length;
		await host.inject('go');
		const waiting = await host.statusOf('read', ({ fill }) => fill === 'yellow', from);
		expect(waiting.text).toMatch(/^0 fetched · limit, goes on at \d\d:\d\d:\d\d$/);
		await host.statusOf('read', ({ fill, text }) => fill === 'green' && /^2 entries/.test(text ?? ''), from);
		await host.debugOf('seen', from);
	});

	test('nothing a message holds ends the runtime', async () => {
		const settings = { form: 'payload', formType: 'msg', limit: 'payload', limitType: 'msg' };
		await host.deploy([
			...[tab(), project('ec5', sandbox.addresses.epicollect5, 'sandbox-public')],
			...[inject('bad', ['read'], '{"no":"form"}'), entries('read', 'ec5', [], settings)],
			...[catchAll('catch', ['caught']), debug('caught', 'error')],
			{ ...inject('object', ['read']), props: [{ p: 'payload', v: '[{"a":1}]', vt: 'json' }] },
		]);
		for (const [id, words] of [
			['bad', '"How many" is not a whole number above 0'],
			['object', '"Form" is not a text'],
		] as const) {
			const from = host.comms.events.length;
			await host.inject(id);
			const { text } = await host.statusOf('read', ({ fill }) => fill === 'red', from);
			expect(text).toBe(words);
		}
		expect(host.log).not.toContain('Unhandled');
	});
});

describe('Somebody who reads no English', () => {
	let sandbox: Sandbox;
	let host: NodeRedHost;

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 1_000 });
		host = await NodeRedHost.start('5', { lang: 'de' });
		await host.installPack(packedNodes());
		await host.deploy([
			...[tab(), project('ec5', sandbox.addresses.epicollect5, 'sandbox-public'), inject('go', ['read'])],
			{ ...entries('read', 'ec5', []), x: 320, y: 120 },
		]);
	});
	afterAll(async () => {
		await host?.stop();
		await sandbox?.stop();
	});

	test('reads the status in the language of the runtime', async () => {
		await host.inject('go');
		const { text } = await host.statusOf('read', ({ fill }) => fill === 'green');
		expect(text).toMatch(/^1\.000 Einträge · \d\d:\d\d$/);
	});

	test.each([
		['de-AT', 'Formular'],
		['es-ES', 'Formulario'],
		['es-MX', 'Formulario'],
		['fr-CA', 'Formulaire'],
		['pt-BR', 'Formulário'],
	])('gets the words of the language, whatever its region: %s', async (lang, form) => {
		const answer = await host.admin(`/nodes/messages?lng=${lang}`);
		const words = (await answer.json()) as Record<string, { shared: { dialog: { form: string } } }>;
		expect(words['@field-data/node-red/field-data']?.shared.dialog.form).toBe(form);
	});

	test('reads the dialog in the language of the browser', async () => {
		const editor = await Editor.open(host, { locale: 'pt-BR' });
		try {
			await editor.edit('read');
			const labels = await editor.page.locator('.field-data-form .form-row:visible > label').allInnerTexts();
			expect(labels.map((label) => label.trim())).toEqual(
				expect.arrayContaining(['Formulário', 'Entradas abaixo', 'Quantas', 'Destino']),
			);
			await editor.picture('node-red-entries-pt');
			expect(editor.faults).toEqual([]);
		} finally {
			await editor.close();
		}
	});
});
