import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { Editor } from './browser';
import { deleted, entries, follower, media, project, projectInfo, scheduledJob, search, tab } from './flows';
import { NodeRedHost, type FlowNode } from './host';
import { packedNodes } from './pack';

const SLUG = 'sandbox-public';

/** Node by node, as in the palette, each with the rows open that another choice would hide. */
const NODES = [
	entries('entries', 'ec5', [], { schema: 2, joined: 'nested', output: 'csv' }),
	{ ...entries('branch', 'ec5', []), type: 'epicollect5-branch-entries', output: 'geojson' },
	follower('in', 'ec5', [], {
		poll: 'interval',
		start: 'date',
		advance: 'confirmed',
		startDate: '2026-05-31',
	}),
	media('media', 'ec5', [[], []], { target: 'folder', folder: '/data' }),
	deleted('deleted', 'ec5', []),
	projectInfo('info', 'ec5', []),
	search('search', 'https://five.epicollect.net', []),
	scheduledJob('job', '', []),
].map((node, i): FlowNode => ({ ...node, x: 200, y: 60 + 60 * i }));
/** The dialog of a node, or of the connection that opens from there with a button. */
interface Dialog {
	id: string;
	from?: string;
	button?: string;
}
const DIALOGS: Dialog[] = [
	...NODES.map(({ id }) => ({ id })),
	{ id: 'ec5', from: 'entries', button: '#node-input-btn-project-edit' },
	{ id: 'client', from: 'job', button: '#node-input-btn-client-add' },
];
/** The one on top: that of the node stays below that of its connection. */
const FORM = '.red-ui-tray:last-child .field-data-form';
const fieldOf = ({ button }: Dialog, name: string): string => `#node-${button ? 'config-' : ''}input-${name}`;

/** What the page has; the functions given to `evaluate` run there. */
interface Element {
	id: string;
	innerText: string;
	offsetHeight: number;
	open?: boolean;
	matches(selector: string): boolean;
	getAttribute(name: string): string | null;
	closest(selector: string): Element | null;
	blur(): void;
	focus(): void;
	getBoundingClientRect(): { left: number; right: number };
	querySelector(selector: string): Element | null;
}
declare const document: {
	activeElement: Element | null;
	querySelectorAll(selector: string): Iterable<Element>;
};
declare const getComputedStyle: (element: Element) => Record<string, string>;

/** Where a press of the Tab key led. */
interface Step {
	row: number;
	/** Whether it looks different from what has no focus. */
	shown: boolean;
	what: string;
}

/** Runs in the page. @returns undefined outside of the dialog */
function stepOf(form: string): Step | undefined {
	const element = document.activeElement;
	const row = element?.closest('.form-row, summary');
	if (!element || !row?.closest(form)) return undefined;
	const rows = [...document.querySelectorAll(`${form} .form-row, ${form} summary`)];
	const shown = element.closest('.red-ui-typedInput-container') ?? element;
	const look = (): string => {
		const { outlineStyle, outlineColor, borderTopColor, boxShadow } = getComputedStyle(shown);
		return [outlineStyle, outlineColor, borderTopColor, boxShadow].join();
	};
	// Node-RED marks its widget, and lets the mark stand where the focus goes on within it.
	const isMarked = shown.matches('.red-ui-typedInput-focus');
	const focused = look();
	element.blur();
	const plain = look();
	element.focus();
	const what = element.id || String(element.getAttribute('class'));
	return { row: rows.indexOf(row), shown: isMarked || focused !== plain, what };
}

describe('The dialogs of Node-RED 5', () => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let editor: Editor;

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 20 });
		host = await NodeRedHost.start('5');
		await host.installPack(packedNodes());
		await host.deploy([tab(), project('ec5', sandbox.addresses.epicollect5, SLUG), ...NODES]);
	});
	afterEach(async () => {
		await editor?.close();
	});
	afterAll(async () => {
		await host?.stop();
		await sandbox?.stop();
	});

	const open = async (locale?: string): Promise<void> => {
		editor = await Editor.open(host, { locale });
		await editor.page.setViewportSize({ width: 1400, height: 1500 });
	};
	/** Opens a dialog and all its folded parts. */
	const edit = async ({ id, from = id, button }: Dialog): Promise<void> => {
		await editor.edit(from);
		if (button) {
			await editor.page.click(button);
			await editor.page.waitForSelector('#node-config-dialog-ok');
			await editor.settle();
		}
		await editor.page.evaluate(() => {
			for (const section of document.querySelectorAll('.field-data-section')) section.open = true;
		});
		await editor.page.waitForTimeout(150);
	};
	const cancel = async ({ button }: Dialog): Promise<void> => {
		if (button) {
			await editor.page.click('#node-config-dialog-cancel');
			await editor.settle();
		}
		await editor.page.click('#node-dialog-cancel');
		await editor.settle();
	};

	test('bind every label to a field, and a click on it leads there', async () => {
		await open();
		const { page } = editor;
		for (const dialog of DIALOGS) {
			const { id } = dialog;
			await edit(dialog);
			const labels = page.locator(`${FORM} .form-row:visible > label`);
			expect(await labels.count()).toBeGreaterThan(2);
			for (const label of await labels.all()) {
				const field = await label.getAttribute('for');
				const group = page.locator(
					`[role="group"][aria-labelledby="${String(await label.getAttribute('id'))}"]`,
				);
				if (field === null && (await group.count()) === 1) continue;
				expect([id, await label.innerText(), field]).toEqual([
					id,
					expect.any(String),
					expect.stringMatching(/\w/),
				]);
				const isNoText = ['[type="checkbox"]', '.red-ui-button', ':is(output)'];
				if (await page.locator(isNoText.map((kind) => `#${String(field)}${kind}`).join()).count()) continue;
				await label.click();
				const row = await page.evaluate(
					() => document.activeElement?.closest('.form-row')?.getAttribute('class') ?? 'nowhere',
				);
				expect([id, field, row]).toEqual([id, field, expect.stringContaining('form-row')]);
			}
			await cancel(dialog);
		}
	}, 120_000);

	test('are walked through by keyboard, in their order, with the focus seen, in the dark', async () => {
		await open();
		const { page } = editor;
		await editor.dark(true);
		for (const dialog of DIALOGS) {
			const { id } = dialog;
			await edit(dialog);
			const fields = page.locator('input, select, button');
			const rows = await page.locator(`${FORM} .form-row:visible`).filter({ has: fields }).count();
			await page.focus(fieldOf(dialog, 'name'));
			const seen: Step[] = [];
			for (let i = 0; i < 4 * rows; i++) {
				await page.keyboard.press('Tab');
				const step = await page.evaluate(stepOf, FORM);
				if (step === undefined) break;
				seen.push(step);
			}
			const order = seen.map(({ row }) => row);
			expect([id, order]).toEqual([id, [...order].sort((one, other) => one - other)]);
			// All rows but the first, in which the walk begins.
			expect(new Set(order).size).toBe(rows - 1 + (await page.locator(`${FORM} summary`).count()));
			expect([id, seen.filter(({ shown }) => !shown).map(({ what }) => what)]).toEqual([id, []]);
			await editor.picture(`node-red-5-${id}-keyboard-dark`);
			if (dialog.button) {
				await page.focus(fieldOf(dialog, 'name'));
				await page.keyboard.press('Control+Escape');
				await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
				await editor.settle();
			}
			await page.focus('#node-input-name');
			await page.keyboard.press('Control+Escape');
			await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
			await editor.settle();
		}
		expect(editor.faults).toEqual([]);
	}, 120_000);

	test.each(['de', 'fr', 'es', 'pt'])(
		'cut no word in %s',
		async (lang) => {
			await open(lang);
			const { page } = editor;
			for (const dialog of DIALOGS) {
				const { id } = dialog;
				await edit(dialog);
				const cut = await page.evaluate((form) => {
					const shown = [...document.querySelectorAll(`${form} *`)].filter((one) => one.offsetHeight > 0);
					const lines = shown.filter((one) => {
						const caret = one.querySelector(':scope > .red-ui-typedInput-option-caret');
						return (caret?.getBoundingClientRect().right ?? 0) > one.getBoundingClientRect().right;
					});
					const labels = shown.filter((one) => one.matches('.form-row > label') && one.offsetHeight > 40);
					return [...lines, ...labels].map(({ innerText }) => innerText);
				}, FORM);
				await editor.picture(`node-red-5-${id}-${lang}`);
				expect([id, cut]).toEqual([id, []]);
				await cancel(dialog);
			}
			expect(editor.faults).toEqual([]);
		},
		120_000,
	);
});
