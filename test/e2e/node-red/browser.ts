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

declare const document: { querySelector(selector: string): { scrollTo(x: number, y: number): void } | null };

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
