import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { Editor } from './browser';
import { deleted, projectInfo, search } from './flows';
import { newestOrAll, NodeRedHost, type FlowNode } from './host';
import { packedNodes } from './pack';

const PRIVATE = 'sandbox-private';

/** What a page of the editor has that is used here. */
declare const document: { documentElement: { classList: { toggle(name: string): void } } };

describe.each(newestOrAll)('The dialogs of a project in Node-RED %s', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let editor: Editor;

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 30 });
		host = await NodeRedHost.start(version);
		await host.installPack(packedNodes());
		editor = await Editor.open(host);
		const place = (node: FlowNode, y: number): FlowNode => ({ ...node, x: 240, y, z: undefined });
		await editor.import([
			place({ ...projectInfo('tell', '', []), project: '' }, 80),
			place(search('find', sandbox.addresses.epicollect5, []), 140),
			place({ ...deleted('gone', '', []), project: '' }, 200),
		]);
	});
	afterAll(async () => {
		await editor?.close();
		await host?.stop();
		await sandbox?.stop();
	});

	/** The dialog as it is, in light and in dark. */
	const pictures = async (name: string): Promise<void> => {
		const turn = () => editor.page.evaluate(() => document.documentElement.classList.toggle('nr-theme-dark'));
		await editor.picture(`node-red-${version}-${name}`);
		if (version !== '5') return;
		await turn();
		await editor.picture(`node-red-${version}-${name}-dark`);
		await turn();
	};
	/** Into the field of the project: it gives the server, too. */
	const paste = async (address: string): Promise<void> => {
		const { page } = editor;
		await page.fill('#node-config-input-baseUrl', 'https://five.epicollect.net');
		await page.fill('#node-config-input-project', `${sandbox.addresses.epicollect5}${address}`);
		await page.keyboard.press('Tab');
		const taken = ['baseUrl', 'project'].map((name) => page.inputValue(`#node-config-input-${name}`));
		expect(await Promise.all(taken)).toEqual([sandbox.addresses.epicollect5, PRIVATE]);
	};
	const line = (id: string) => editor.page.locator(`#${id}`);

	test('test a connection before the first deploy, and show how its token stands', async () => {
		const { page } = editor;
		await editor.edit('tell');
		await page.click('#node-input-btn-project-add');
		await page.waitForSelector('#node-config-dialog-ok');
		await editor.settle();
		for (const page of ['project', 'open/project', 'myprojects']) await paste(`/${page}/${PRIVATE}`);
		const client = sandbox.clients.find(({ project }) => project === PRIVATE);
		await page.fill('#node-config-input-clientId', client?.id ?? '');
		await page.fill('#node-config-input-clientSecret', 'x'.repeat(40));
		await page.click('#field-data-test');
		await line('field-data-failure-test').getByText('Client ID or client secret is wrong').waitFor();
		await line('field-data-token').getByText('none yet · asked for this hour: 1 · last attempt:').waitFor();
		await pictures('project-test-wrong');
		await page.fill('#node-config-input-clientSecret', client?.secret ?? '');
		await page.keyboard.press('Tab');
		expect(await line('field-data-failure-test').isVisible()).toBe(false);
		await page.focus('#field-data-test');
		await page.keyboard.press('Enter');
		await line('field-data-tested').getByText('It works: Sandbox Private (private) has forms: 3').waitFor();
		await line('field-data-token')
			.getByText(/^valid until \d\d:\d\d( [AP]M)? · asked for this hour: 1$/)
			.waitFor();
		await pictures('project-test');
		await page.click('#node-config-dialog-ok');
		await editor.settle();
		await editor.choose('part', 'Statistics: numbers of entries');
		await pictures('project-info');
		await editor.done();
		expect(await page.textContent('[id="tell"]')).toContain('epicollect5 statistics');
	});

	test('list the branches of the chosen form', async () => {
		const { page } = editor;
		await editor.edit('gone');
		await page.selectOption('#node-input-project', { index: 0 });
		await editor.choose('branch', 'Trees');
		await pictures('deleted');
		await editor.done();
		expect(await page.textContent('[id="gone"]')).toContain('deleted: Trees');
	});

	test('search with nothing to set', async () => {
		await editor.edit('find');
		await pictures('search');
		await editor.done();
	});

	test('keep a stored secret to the server it was deployed with, and say how many nodes use it', async () => {
		const { page } = editor;
		await editor.deploy();
		await editor.edit('tell');
		await page.click('#node-input-btn-project-edit');
		await page.waitForSelector('#node-config-dialog-ok');
		await editor.settle();
		expect(await page.textContent('#red-ui-editor-config-user-count')).toBe('2');
		await page.click('#field-data-test');
		await line('field-data-tested').getByText('The token that was there is still good.').waitFor();
		await page.fill(
			'#node-config-input-baseUrl',
			`${sandbox.addresses.epicollect5.replace('127.0.0.1', 'localhost')}`,
		);
		await page.click('#field-data-test');
		await line('field-data-failure-test').getByText('Type the client secret again').waitFor();
		await page.click('#node-config-dialog-cancel');
		await editor.settle();
		await page.click('#node-dialog-cancel');
		expect(editor.faults.filter((fault) => !fault.includes('400'))).toEqual([]);
	});
});
