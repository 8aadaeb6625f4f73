import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { realClock } from '../../../sandbox/src/shared/clock';
import { listen, type ListeningServer } from '../../../sandbox/src/shared/server';
import { createWorkfloPlus, type WorkfloPlus } from '../../../sandbox/src/workfloplus';
import { Editor } from './browser';
import { debug, inject, project, scheduledJob } from './flows';
import { hostVersions, NodeRedHost, repository, type FlowNode } from './host';
import { packedNodes } from './pack';

const PRIVATE = 'sandbox-private';

describe.each(hostVersions)('Somebody at the editor of Node-RED %s', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let editor: Editor;

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 1_000 });
		host = await NodeRedHost.start(version);
		await host.installPack(packedNodes());
		editor = await Editor.open(host);
	});
	afterAll(async () => {
		await editor?.close();
		await host?.stop();
		await sandbox?.stop();
	});

	/** The node that reads, as it was dragged onto the canvas. */
	let read = '';
	const choices = (field: string) =>
		editor.page.locator(
			`#node-input-${field} + .red-ui-typedInput-container .red-ui-typedInput-option-trigger`,
		);

	test('drags the node from the palette onto a wire, which it becomes a part of', async () => {
		const place = (node: FlowNode, x: number): FlowNode => ({ ...node, x, y: 140, z: undefined });
		await editor.import([
			place({ ...inject('go', ['seen']), name: 'read now' }, 140),
			place({ ...debug('seen', 'payload'), name: 'entries' }, 600),
		]);
		read = await editor.drag('epicollect5-entries', 370, 140, () =>
			editor.picture(`node-red-${version}-drag`),
		);
		const wires = (await editor.exported()).map((node) => [node.id, node.wires]);
		expect(wires).toEqual(
			expect.arrayContaining([
				['go', [[read]]],
				[read, [['seen']]],
			]),
		);
	});

	test('connects a private project and picks a form from the list before anything was deployed', async () => {
		const { page } = editor;
		await editor.edit(read);
		await page.click('#node-input-btn-project-add');
		await page.waitForSelector('#node-config-dialog-ok');
		await editor.settle();
		await page.fill('#node-config-input-baseUrl', sandbox.addresses.epicollect5);
		await page.locator('#node-config-input-project').pressSequentially('Sandbox pri', { delay: 20 });
		await page.locator('.red-ui-autoComplete-container:visible').getByText('Sandbox private').click();
		expect(await page.inputValue('#node-config-input-project')).toBe(PRIVATE);
		const client = sandbox.clients.find(({ project }) => project === PRIVATE);
		await page.fill('#node-config-input-clientId', client?.id ?? '');
		await page.fill('#node-config-input-clientSecret', client?.secret ?? '');
		await page.click('#field-data-test');
		await page.locator('#field-data-token').getByText('valid until').waitFor();
		await editor.picture(`node-red-${version}-connect`);
		await page.click('#node-config-dialog-ok');
		await editor.settle();
		await choices('form').click();
		await editor.picture(`node-red-${version}-choose`);
		await editor.dark(true);
		await editor.picture(`node-red-${version}-choose-dark`);
		await editor.dark(false);
		await page.locator('.red-ui-typedInput-options:visible').getByText('Visit', { exact: true }).click();
		await editor.done();
		expect(await page.textContent(`[id="${read}"]`)).toContain('Visit');
	});

	test('deploys, presses the button, and sees status and entries', async () => {
		const { page } = editor;
		await editor.deploy();
		await editor.showSidebar('debug');
		await page.locator('[id="go"] .red-ui-flow-node-button-button').click();
		await page
			.locator(`[id="${read}"] .red-ui-flow-node-status-label`)
			.getByText(/^500 entries · \d\d:\d\d$/)
			.waitFor();
		await page.locator('.red-ui-debug-msg').getByText('array[500]').waitFor();
		await page.locator('.red-ui-debug-msg .red-ui-debug-msg-object-handle').first().click();
		await page.locator('.red-ui-debug-msg .red-ui-debug-msg-object-handle:visible').nth(1).click();
		await page.locator('.red-ui-debug-msg .red-ui-debug-msg-object-handle:visible').nth(2).click();
		await editor.picture(`node-red-${version}-status`);
	});

	test('opens the dialog again: the choice is still there, and the list comes with the stored secret', async () => {
		const { page } = editor;
		await editor.edit(read);
		await page.waitForSelector('#field-data-refresh-form i:not(.fa-spin)');
		expect(await page.inputValue('#node-input-form')).toBe(
			sandbox.admin.listProjects().find(({ slug }) => slug === PRIVATE)?.forms[1]?.ref,
		);
		expect(await page.isVisible('#field-data-failure-form')).toBe(false);
		await editor.done();
		expect(await page.isVisible('#red-ui-header-button-deploy.disabled')).toBe(true);
		expect(editor.faults).toEqual([]);
	});

	test('reads the help in plain words', async () => {
		await editor.page.locator(`[id="${read}"] .red-ui-flow-node`).click();
		await editor.showSidebar('help');
		await editor.page.getByText('Reads all entries of a form of an Epicollect5 project').waitFor();
		await editor.picture(`node-red-${version}-help`);
	});

	test('imports the example, and entries arrive as soon as a project is chosen', async () => {
		const file = path.join(repository, 'node-red/examples/read-entries.json');
		const client = sandbox.clients.find(({ project }) => project === PRIVATE);
		const flow = (JSON.parse(await readFile(file, 'utf8')) as FlowNode[]).map((node) =>
			node.type === 'epicollect5-project'
				? project(node.id, sandbox.addresses.epicollect5, PRIVATE, client)
				: node,
		);
		await host.deploy(flow);
		const { page } = editor;
		await page.setViewportSize({ width: 1320, height: 720 });
		await page.reload();
		await editor.ready();
		await editor.showSidebar('debug');
		await page
			.locator('.red-ui-flow-node-status-label')
			.getByText(/^1,000 entries · /)
			.waitFor();
		await page.click('#red-ui-sidebar-debug-clear');
		await page.locator('[id="fd1a0000000000a8"] .red-ui-flow-node-button-button').click();
		await page.locator('.red-ui-debug-msg').getByText('object').last().waitFor();
		await page.locator('.red-ui-debug-msg .red-ui-debug-msg-object-handle').last().click();
		await editor.picture(`node-red-${version}-example`);
		await editor.dark(true);
		await editor.picture(`node-red-${version}-example-dark`);
		await editor.dark(false);
		await page.setViewportSize({ width: 1400, height: 860 });
		expect(editor.faults).toEqual([]);
	});

	describe('with WorkfloPlus', () => {
		const person = { username: 'bo@acme.example', emailAddress: 'bo@acme.example', locked: false };
		const people = [
			{ ...person, userId: 'u1', name: 'Walker, Bo' },
			{ ...person, userId: 'u2', name: '' },
		];
		let service: WorkfloPlus;
		let server: ListeningServer;

		beforeAll(async () => {
			service = createWorkfloPlus({ clock: realClock() });
			server = await listen(service);
		});
		afterAll(() => server?.stop());

		const job = (): FlowNode => ({
			...scheduledJob('job', '', []),
			client: '',
			x: 380,
			y: 460,
			z: undefined,
		});
		/** The lines of a field's menu. */
		const openMenu = async (field: string) => {
			const { page } = editor;
			const widget = page.locator(`#node-input-${field} + .red-ui-typedInput-container`);
			await widget.locator('.red-ui-typedInput-option-trigger').click();
			return page.locator('.red-ui-typedInput-options:visible');
		};

		test('picks workflow and users from lists', async () => {
			const { page } = editor;
			service.admin.planFault({ path: '/api/team/user', status: 200, body: people });
			await editor.import([job()]);
			await editor.edit('job');
			await page.click('#node-input-btn-client-add');
			await page.waitForSelector('#node-config-dialog-ok');
			await editor.settle();
			const [client] = service.clients;
			await page.fill('#node-config-input-accountsUrl', server.url);
			await page.fill('#node-config-input-gatewayUrl', server.url);
			await page.fill('#node-config-input-clientId', client?.id ?? '');
			await page.fill('#node-config-input-clientSecret', client?.secret ?? '');
			await page.click('#node-config-dialog-ok');
			await editor.settle();
			await editor.choose('workflow', 'Pump inspection');
			await page.keyboard.press('Escape');
			const menu = await openMenu('assignees');
			for (const label of ['Walker, Bo', 'u2']) await menu.getByText(label, { exact: true }).click();
			await page.keyboard.press('Escape');
			await editor.picture(`node-red-${version}-scheduled-jobs`);
			await editor.done();
			expect(await page.textContent('[id="job"]')).toContain('Pump inspection');
		});

		test('exports a flow that holds no e-mail address', async () => {
			const flow = await editor.exported();
			expect(flow.find(({ id }) => id === 'job')).toMatchObject({
				assignees: 'u1,u2',
				assigneeNames: ['Walker, Bo', ''],
				workflowNames: ['Pump inspection'],
			});
			expect(JSON.stringify(flow)).not.toContain('@');
		});

		test('still sees the right names of people who are not in the list any more', async () => {
			await editor.edit('job');
			await editor.page.waitForSelector('#field-data-refresh-assignees i:not(.fa-spin)');
			const menu = await openMenu('assignees');
			const lines = (await menu.locator('a').allInnerTexts()).map((line) => line.trim());
			expect(lines).toEqual(['Ada Field', 'Bo Walker', 'Chidi Okafor', 'Walker, Bo', 'u2']);
			expect(await menu.locator('input:checked').count()).toBe(2);
			await editor.page.keyboard.press('Escape');
			await editor.done();
			expect(editor.faults).toEqual([]);
		});
	});
});
