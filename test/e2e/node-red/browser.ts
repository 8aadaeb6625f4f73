import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { repository, type FlowNode, type NodeRedHost } from './host';

const FLAGS = [
	...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
	...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** Pictures of a run, to be looked at. */
const OUT = path.join(repository, 'test/e2e/out');

/** What the page has that a test uses; the functions given to `evaluate` run there. */
declare const RED: {
	view: { importNodes(nodes: unknown, options: object): void };
	sidebar: { show(id: string): void };
	nodes: { createCompleteNodeSet(options: object): unknown };
};

declare const document: {
	documentElement: { classList: { toggle(name: string, on: boolean): void } };
	querySelector(selector: string): { scrollTo(x: number, y: number): void } | null;
};

/** The editor of a running Node-RED in a real browser. */
export class Editor {
	/** What went wrong in the page's own scripts: Node-RED swallows some of it. */
	readonly faults: string[] = [];

	private constructor(
		private readonly browser: Browser,
		readonly page: Page,
	) {
		page.on('pageerror', (error) => this.faults.push(error.stack ?? error.message));
		page.on('console', (line) => {
			// A dialog that fails while it opens, and a property that Node-RED throws away, are only logged.
			if (line.type() === 'error' || /oneditprepare|registerType/.test(line.text()))
				this.faults.push(line.text());
		});
	}

	static async open(host: NodeRedHost, options: { locale?: string } = {}): Promise<Editor> {
		const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
		try {
			const page = await browser.newPage({ viewport: { width: 1400, height: 860 }, locale: options.locale });
			page.setDefaultTimeout(8_000);
			const editor = new Editor(browser, page);
			await page.goto(host.url);
			await editor.ready();
			return editor;
		} catch (error) {
			// A browser that nobody closes would keep the whole run from ending.
			await browser.close();
			throw error;
		}
	}

	/** Waits after loading until palette and workspace are there. */
	async ready(node = 'epicollect5-entries'): Promise<void> {
		await this.page.waitForSelector(`.red-ui-palette-node[data-palette-type="${node}"]`);
		await this.page.waitForSelector('#red-ui-loading-progress', { state: 'hidden' });
	}

	async close(): Promise<void> {
		await this.browser.close();
	}

	/** Imports nodes as *Import* in the menu does. */
	async import(flow: readonly FlowNode[]): Promise<void> {
		await this.page.evaluate((nodes) => {
			RED.view.importNodes(nodes, {
				generateIds: false,
				addFlow: false,
				touchImport: true,
				notify: false,
			});
		}, flow as unknown[]);
	}

	/** All nodes as *Export* in the menu gives them: without credentials. */
	async exported(): Promise<FlowNode[]> {
		const flow = await this.page.evaluate(() => RED.nodes.createCompleteNodeSet({ credentials: false }));
		return flow as FlowNode[];
	}

	async showSidebar(id: string): Promise<void> {
		await this.page.evaluate((tab) => RED.sidebar.show(tab), id);
	}

	/**
	 * Drags a node from the palette onto the canvas, `x` and `y` from its upper left corner.
	 * @param meanwhile is run while the node is held
	 * @returns its id
	 */
	async drag(type: string, x: number, y: number, meanwhile?: () => Promise<void>): Promise<string> {
		const { mouse } = this.page;
		const inPalette = this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
		await inPalette.scrollIntoViewIfNeeded();
		await this.settle();
		const from = await inPalette.boundingBox();
		const canvas = await this.page.locator('#red-ui-workspace-chart').boundingBox();
		if (!from || !canvas) throw new Error(`${type} or the canvas cannot be seen`);
		const before = new Set((await this.exported()).map(({ id }) => id));
		await mouse.move(from.x + from.width / 2, from.y + from.height / 2);
		await mouse.down();
		await mouse.move(canvas.x + x - 40, canvas.y + y - 20, { steps: 8 });
		await mouse.move(canvas.x + x, canvas.y + y, { steps: 5 });
		// A wire below the node lights up after a moment.
		await this.settle();
		await meanwhile?.();
		await mouse.up();
		await this.settle();
		const dropped = (await this.exported()).find((node) => node.type === type && !before.has(node.id));
		if (!dropped) throw new Error(`${type} was dropped, but is not on the canvas`);
		return dropped.id;
	}

	/** Turns the dark theme of Node-RED 5 on or off. */
	async dark(on: boolean): Promise<void> {
		await this.page.evaluate((is) => document.documentElement.classList.toggle('nr-theme-dark', is), on);
	}

	/** Opens a node's dialog. */
	async edit(nodeId: string): Promise<void> {
		await this.page.locator(`[id="${nodeId}"] .red-ui-flow-node`).dblclick();
		await this.page.waitForSelector('#node-dialog-ok');
		await this.settle();
	}

	async done(): Promise<void> {
		await this.page.click('#node-dialog-ok');
		await this.page.waitForSelector('#node-dialog-ok', { state: 'detached' });
		await this.settle();
	}

	async deploy(): Promise<void> {
		await this.page.click('#red-ui-header-button-deploy');
		await this.page.waitForSelector('#red-ui-header-button-deploy.disabled');
	}

	/** Waits until trays have slid in. */
	async settle(): Promise<void> {
		await this.page.waitForTimeout(450);
	}

	/** Chooses a line of a field that is picked from a list. */
	async choose(field: string, label: string): Promise<void> {
		const widget = this.page.locator(`#node-input-${field} + .red-ui-typedInput-container`);
		await widget.locator('.red-ui-typedInput-option-trigger').click();
		const menu = this.page.locator('.red-ui-typedInput-options:visible');
		// Node-RED slides it down with jQuery, and a click meanwhile goes past it.
		await menu.waitFor();
		await this.page.waitForFunction("!$('.red-ui-typedInput-options').is(':animated')");
		await menu.getByText(label, { exact: true }).click();
	}

	/** Takes a picture when the notices are gone, with the canvas at its upper left corner. */
	async picture(name: string): Promise<void> {
		mkdirSync(OUT, { recursive: true });
		await this.page.waitForSelector('.red-ui-notification', { state: 'detached' });
		await this.page.evaluate(() => document.querySelector('#red-ui-workspace-chart')?.scrollTo(0, 0));
		await this.page.screenshot({ path: path.join(OUT, `${name}.png`) });
	}
}
