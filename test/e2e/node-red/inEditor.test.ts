import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { Editor } from './browser';
import { debug, follower, project, tab } from './flows';
import { NodeRedHost } from './host';
import { packedNodes } from './pack';

declare const document: {
	documentElement: { classList: { toggle(name: string, on: boolean): void } };
	querySelector(selector: string): { scrollIntoView(): void } | null;
};

const SLUG = 'sandbox-public';

describe('Somebody who follows a project in the editor', () => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let editor: Editor;

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 412, projects: ['public'] });
		host = await NodeRedHost.start('5');
		await host.installPack(packedNodes());
		await host.deploy([
			...[tab(), project('ec5', sandbox.addresses.epicollect5, SLUG)],
			...[{ ...follower('in', 'ec5', ['seen'], { poll: 'interval', interval: '5' }), x: 200, y: 120 }],
			...[{ ...debug('seen', 'payload'), x: 420, y: 120 }],
		]);
		editor = await Editor.open(host);
	});
	afterAll(async () => {
		await editor?.close();
		await host?.stop();
		await sandbox?.stop();
	});

	test('is told the shortest interval that makes sense, and chooses a branch from the list', async () => {
		const { page } = editor;
		await editor.edit('in');
		const hint = page.locator('#field-data-note-interval');
		await hint.getByText('Sensible for 5 forms and branches: 2 minutes or more.').waitFor();
		await editor.picture('node-red-in');
		await editor.choose('stream', 'Site > Trees');
		await hint.getByText('1 minute or more').waitFor();
		await editor.done();
		expect(await page.textContent('[id="in"]')).toContain('Site > Trees');
	});

	test('sees what each setting is for, in the dark too', async () => {
		const { page } = editor;
		const dark = async (on: boolean): Promise<void> =>
			await page.evaluate((is) => document.documentElement.classList.toggle('nr-theme-dark', is), on);
		await dark(true);
		await editor.edit('in');
		await page.selectOption('#node-input-start', 'date');
		expect(await page.isVisible('#node-input-startDate')).toBe(true);
		await page.locator('#field-data-section-delivery summary').click();
		expect(await page.isVisible('#node-input-timeout')).toBe(false);
		await page.selectOption('#node-input-advance', 'confirmed');
		expect(await page.isVisible('#node-input-timeout')).toBe(true);
		await page.evaluate(() => document.querySelector('#field-data-reset')?.scrollIntoView());
		await editor.picture('node-red-in-dark');
		await dark(false);
	});

	test('begins anew by the button, after a question', async () => {
		const { page } = editor;
		const from = host.comms.events.length;
		await page.click('#field-data-reset');
		await page.locator('.red-ui-notification').getByText('Begin anew', { exact: true }).click();
		await page.locator('#field-data-note-reset').getByText('Forgotten. The node begins anew.').waitFor();
		await host.statusOf('in', ({ text }) => /^1,?\d* new · next \d\d:\d\d$/.test(text ?? ''), from);
		await page.click('#node-dialog-cancel');
		await editor.settle();
		await editor.showSidebar('help');
		await page.locator('[id="in"] .red-ui-flow-node').click();
		await page.locator('.red-ui-help').getByText('When is something delivered?').waitFor();
		await editor.picture('node-red-in-help');
		expect(editor.faults).toEqual([]);
	});
});
