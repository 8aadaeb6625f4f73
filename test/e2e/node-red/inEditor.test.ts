import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { Editor } from './browser';
import { hostVersions, NodeRedHost } from './host';
import { packedNodes } from './pack';

declare const document: { querySelector(selector: string): { scrollIntoView(): void } | null };

const SLUG = 'sandbox-private';

describe.each(hostVersions)('Somebody who follows a project in the editor of Node-RED %s', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let editor: Editor;
	let node = '';

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 412, projects: ['private'] });
		host = await NodeRedHost.start(version);
		await host.installPack(packedNodes());
		editor = await Editor.open(host);
	});
	afterAll(async () => {
		await editor?.close();
		await host?.stop();
		await sandbox?.stop();
	});

	const status = (text: RegExp) =>
		editor.page.locator(`[id="${node}"] .red-ui-flow-node-status-label`).getByText(text).waitFor();

	test('drags the node onto the canvas, and is led to project and form by lists', async () => {
		const { page } = editor;
		node = await editor.drag('epicollect5-in', 240, 120, () => editor.picture(`node-red-${version}-in-drag`));
		await editor.edit(node);
		await page.click('#node-input-btn-project-add');
		await page.waitForSelector('#node-config-dialog-ok');
		await editor.settle();
		await page.fill('#node-config-input-baseUrl', sandbox.addresses.epicollect5);
		await page.locator('#node-config-input-project').pressSequentially('Sandbox pri', { delay: 20 });
		await page.locator('.red-ui-autoComplete-container:visible').getByText('Sandbox private').click();
		const client = sandbox.clients.find(({ project }) => project === SLUG);
		await page.fill('#node-config-input-clientId', client?.id ?? '');
		await page.fill('#node-config-input-clientSecret', client?.secret ?? '');
		await page.click('#field-data-test');
		await page.locator('#field-data-tested').getByText('It works').waitFor();
		await page.click('#node-config-dialog-ok');
		await editor.settle();
		await editor.choose('stream', 'Site');
		await page.selectOption('#node-input-start', 'beginning');
		await editor.picture(`node-red-${version}-in-new`);
		await editor.done();
		expect(await page.textContent(`[id="${node}"]`)).toContain('Site');
	});

	test('deploys, and sees on the canvas how many are new and when it asks again', async () => {
		await editor.deploy();
		await status(/^412 new · next \d\d:\d\d$/);
		await editor.picture(`node-red-${version}-in-status`);
	});

	test('is told the shortest interval that makes sense, and chooses a branch from the list', async () => {
		const { page } = editor;
		await editor.edit(node);
		await editor.choose('stream', 'All forms and branches');
		const hint = page.locator('#field-data-note-interval');
		await hint.getByText('Sensible for 5 forms and branches: 2 minutes or more.').waitFor();
		await editor.picture(`node-red-${version}-in`);
		await editor.choose('stream', 'Site > Trees');
		await hint.getByText('1 minute or more').waitFor();
		await page.click('#node-dialog-cancel');
		await editor.settle();
	});

	test('sees what each setting is for, in the dark too', async () => {
		const { page } = editor;
		await editor.dark(true);
		await editor.edit(node);
		await page.selectOption('#node-input-start', 'date');
		expect(await page.isVisible('#node-input-startDate')).toBe(true);
		await page.locator('#field-data-section-delivery summary').click();
		expect(await page.isVisible('#node-input-timeout')).toBe(false);
		await page.selectOption('#node-input-advance', 'confirmed');
		expect(await page.isVisible('#node-input-timeout')).toBe(true);
		await page.evaluate(() => document.querySelector('#field-data-reset')?.scrollIntoView());
		await editor.picture(`node-red-${version}-in-dark`);
		await editor.dark(false);
	});

	test('begins anew by the button, after a question', async () => {
		const { page } = editor;
		const from = host.comms.events.length;
		await page.click('#field-data-reset');
		await page.locator('.red-ui-notification').getByText('Begin anew', { exact: true }).click();
		await page.locator('#field-data-note-reset').getByText('Forgotten. The node begins anew.').waitFor();
		await host.statusOf(node, ({ text }) => /^412 new · next \d\d:\d\d$/.test(text ?? ''), from);
		await page.click('#node-dialog-cancel');
		await editor.settle();
		await editor.showSidebar('help');
		await page.locator(`[id="${node}"] .red-ui-flow-node`).click();
		await page.locator('.red-ui-help').getByText('When is something delivered?').waitFor();
		await editor.picture(`node-red-${version}-in-help`);
		expect(editor.faults).toEqual([]);
	});
});
