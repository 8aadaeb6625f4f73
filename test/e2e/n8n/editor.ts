import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { N8nHost } from './host';
import { repository } from './install';

const FLAGS = [
	'--headless',
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** Where the pictures of a run go; not committed. */
export const PICTURES = path.join(repository, 'test/e2e/out');

/** A person before n8n's editor: what is done here is done with mouse and keyboard. */
export class Editor {
	private constructor(
		private readonly browser: Browser,
		readonly page: Page,
		private readonly host: Pick<N8nHost, 'url' | 'session'>,
	) {}

	static async open(
		host: Pick<N8nHost, 'url' | 'session'>,
		theme: 'light' | 'dark' = 'light',
	): Promise<Editor> {
		await mkdir(PICTURES, { recursive: true });
		selectors.setTestIdAttribute('data-test-id');
		const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
		const viewport = { width: 1440, height: 900 };
		const page = await browser.newPage({ viewport, colorScheme: theme });
		page.setDefaultTimeout(20_000);
		const editor = new Editor(browser, page, host);
		await editor.logIn();
		return editor;
	}

	async close(): Promise<void> {
		await this.browser.close();
	}

	find(testId: string): Locator {
		return this.page.getByTestId(testId);
	}

	async picture(name: string): Promise<string> {
		const file = path.join(PICTURES, `${name}.png`);
		await this.page.screenshot({ path: file });
		return file;
	}

	private async logIn(): Promise<void> {
		const { page, host } = this;
		await page.goto(`${host.url}/signin`);
		await page.locator('input[name=emailOrLdapLoginId]').fill(host.session.owner.email);
		await page.locator('input[name=password]').fill(host.session.owner.password);
		await this.find('form-submit-button').click();
		await page.waitForURL((url) => !url.pathname.startsWith('/signin'));
	}

	/** A new workflow that starts by hand. */
	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.host.url}/workflow/new`);
		await this.find('canvas-add-button').click();
		await this.typeAndChoose('manual', 'Trigger manually');
	}

	/** Adds a node after the selected one by typing in the panel. */
	async addNode(typed: string, node: string, action: string): Promise<void> {
		await this.find('canvas-handle-plus').last().click();
		await this.find('node-creator-search-bar').fill(typed);
		await this.find('node-creator-node-item').filter({ hasText: node }).first().click();
		await this.page.getByText(action, { exact: true }).first().click();
		await this.find('ndv').waitFor();
	}

	private async typeAndChoose(typed: string, choice: string): Promise<void> {
		await this.find('node-creator-search-bar').fill(typed);
		await this.page.getByText(choice).first().click();
	}
}
