import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { Editor } from './browser';
import { entries, project, tab } from './flows';
import { newestOrAll, NodeRedHost, type FlowNode } from './host';
import { packedNodes } from './pack';

const SLUG = 'sandbox-private';

/** What the page has; the functions given to `evaluate` run there. */
declare const document: {
	documentElement: { classList: { add(name: string): void } };
};

describe.each(newestOrAll)('The dialogs of the reading nodes in Node-RED %s', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let editor: Editor;

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 20 });
		sandbox.admin.addMapping({ project: SLUG, name: 'Own names' });
		host = await NodeRedHost.start(version);
		await host.installPack(packedNodes());
		const client = sandbox.clients.find((one) => one.project === SLUG);
		const at = (node: FlowNode, y: number): FlowNode => ({ ...node, x: 200, y });
		const branch: FlowNode = {
			...{ id: 'branch', type: 'epicollect5-branch-entries', z: 'tab', name: '', schema: 1, project: 'ec5' },
			wires: [[]],
		};
		await host.deploy([
			...[tab(), project('ec5', sandbox.addresses.epicollect5, SLUG, client)],
			at(entries('old', 'ec5', [], { shape: 'raw', output: 'each', limit: '3', limitType: 'num' }), 80),
			at(branch, 140),
		]);
		editor = await Editor.open(host);
		await editor.page.setViewportSize({ width: 1400, height: 1400 });
	});
	afterAll(async () => {
		await editor?.close();
		await host?.stop();
		await sandbox?.stop();
	});

	const saved = async (id: string): Promise<FlowNode | undefined> =>
		(await editor.exported()).find((node) => node.id === id);
	const isOpen = (section: string): Promise<boolean> =>
		editor.page
			.locator(`#field-data-section-${section}`)
			.evaluate((one) => (one as { open?: boolean }).open === true);

	test('a node of the first schema opens as it was, and only what differs from a new node is unfolded', async () => {
		await editor.edit('old');
		const { page } = editor;
		expect(await page.inputValue('#node-input-shape')).toBe('raw');
		expect(await page.inputValue('#node-input-output')).toBe('each');
		expect(await page.inputValue('#node-input-share')).toBe('50');
		expect(await Promise.all(['shape', 'filters', 'limits'].map(isOpen))).toEqual([true, false, false]);
		await page.click('#node-dialog-cancel');
		await editor.settle();
		expect((await saved('old'))?.schema).toBe(1);
		expect(await page.isVisible('#red-ui-header-button-deploy.disabled')).toBe(true);
	});

	test('left with Done it has the new schema, and every choice it had', async () => {
		await editor.edit('old');
		await editor.done();
		expect(await saved('old')).toMatchObject({
			...{ schema: 2, shape: 'raw', shapeType: 'list', output: 'each', limit: '3', limitType: 'num' },
			...{
				joined: 'none',
				createdFromType: 'none',
				utm: 'false',
				bom: 'false',
				share: '50',
				shareType: 'num',
			},
		});
	});

	test('sections are unfolded by keyboard, and rows show up where they make sense', async () => {
		const { page } = editor;
		await editor.edit('old');
		await page.focus('#field-data-section-filters summary');
		await page.keyboard.press('Enter');
		expect(await isOpen('filters')).toBe(true);
		await page.waitForSelector('#field-data-section-filters .form-row', { state: 'visible' });
		const shown = () =>
			Promise.all(['geojson', 'csv', 'joined'].map((name) => page.isVisible(`.field-data-only-${name}`)));
		expect(await shown()).toEqual([false, false, false]);
		await editor.choose('output', 'One message: CSV, a table as text');
		await editor.choose('joined', 'Flat: one row each, those above repeated');
		expect(await shown()).toEqual([false, true, true]);
		await editor.choose('output', 'One message: GeoJSON, for a map');
		expect(await shown()).toEqual([true, false, true]);
		await editor.choose('location', 'Where is it?');
		await editor.choose('mapping', 'Own names');
		await editor.choose('shape', 'Tidy: numbers, ISO dates, null');
		await editor.done();
		expect(await saved('old')).toMatchObject({
			...{
				output: 'geojson',
				joined: 'flat',
				mappingName: 'Own names',
				locationName: 'Where is it?',
				shape: 'tidy',
			},
		});
		await editor.picture(`node-red-${version}-canvas-reading`);
	});

	test('a branch is picked from the list of its form', async () => {
		const { page } = editor;
		await editor.edit('branch');
		expect(await Promise.all(['shape', 'filters', 'limits'].map(isOpen))).toEqual([false, false, false]);
		await page.waitForSelector('#field-data-refresh-branch i:not(.fa-spin)');
		await editor.choose('form', 'Visit');
		await page.waitForTimeout(300);
		await editor.choose('branch', 'Observations');
		await editor.done();
		expect(await page.textContent('[id="branch"]')).toContain('Observations');
		await editor.deploy();
	});

	test('all of it can be read in light and dark', async () => {
		const { page } = editor;
		for (const theme of ['light', 'dark'] as const) {
			if (theme === 'dark') {
				await page.evaluate(() => document.documentElement.classList.add('nr-theme-dark'));
			}
			for (const id of ['old', 'branch']) {
				await editor.edit(id);
				const clipped = await page
					.locator('.field-data-form label:visible')
					.evaluateAll((labels) =>
						(labels as unknown as { offsetHeight: number; innerText: string }[])
							.filter(({ offsetHeight }) => offsetHeight > 40)
							.map(({ innerText }) => innerText),
					);
				expect(clipped).toEqual([]);
				await editor.picture(`node-red-${version}-${id}-${theme}`);
				await page.click('#node-dialog-cancel');
				await editor.settle();
			}
		}
		expect(editor.faults).toEqual([]);
	});
});
