import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';
import { mkdir, stat } from 'node:fs/promises';
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
		const viewport = { width: 1400, height: 780 };
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

	/** The same in the light and in the dark theme, as in docs/pictures. @returns the files with their sizes */
	async pictures(name: string): Promise<Record<string, number>> {
		const light = await this.picture(name);
		await this.page.emulateMedia({ colorScheme: 'dark' });
		await this.page.waitForTimeout(500);
		const dark = await this.picture(`${name}-dark`);
		await this.page.emulateMedia({ colorScheme: 'light' });
		return { [light]: (await stat(light)).size, [dark]: (await stat(dark)).size };
	}

	private async logIn(): Promise<void> {
		const { page, host } = this;
		await page.goto(`${host.url}/signin`);
		await page.locator('input[name=emailOrLdapLoginId]').fill(host.session.owner.email);
		await page.locator('input[name=password]').fill(host.session.owner.password);
		await this.find('form-submit-button').click();
		await page.waitForURL((url) => !url.pathname.startsWith('/signin'));
	}

	/** Begins a new workflow with a node found by typing; n8n puts a manual trigger before an action. */
	async addFirstNode(typed: string, node: string, action: string, picture?: string): Promise<void> {
		await this.page.goto(`${this.host.url}/workflow/new`);
		await this.find('canvas-plus-button').click();
		await this.find('node-creator-search-bar').fill(typed);
		await this.find('node-creator').getByText(node, { exact: true }).first().click();
		// Where the service has a trigger too, its events are unfolded and the actions are not.
		const wanted = this.page.getByText(action).first();
		const actions = this.page.getByText(/^Actions \(/).first();
		await wanted.or(actions).first().waitFor();
		if (!(await wanted.isVisible())) await actions.click();
		if (picture !== undefined) {
			// It slides in.
			await this.page.waitForTimeout(500);
			await this.picture(picture);
		}
		await wanted.click();
		await this.find('ndv').waitFor();
	}

	/** Goes back to the canvas and publishes the workflow, with the version name that n8n proposes. */
	async publish(): Promise<void> {
		await this.page.keyboard.press('Escape');
		await this.find('ndv').waitFor({ state: 'hidden' });
		await this.find('workflow-open-publish-modal-button').click();
		await this.find('workflow-publish-button').click();
		await this.find('workflow-publish-button').waitFor({ state: 'hidden' });
		await this.page.getByText('Publishing').waitFor({ state: 'hidden' });
	}

	async chooseOption(parameter: string, option: string): Promise<void> {
		await this.find(`parameter-input-${parameter}`).click();
		await this.page.getByRole('option', { name: option }).click();
	}

	/** Opens a resource locator's list, types into its search field, and takes the item of that name. */
	async chooseFromList(parameter: string, typed: string, item: string, picture?: string): Promise<void> {
		await this.find(`resource-locator-${parameter}`).getByTestId('rlc-input').click();
		await this.find('rlc-search').first().waitFor();
		// The search field has the focus.
		await this.page.keyboard.type(typed);
		const found = this.find('rlc-item').filter({ hasText: item });
		await found.waitFor();
		if (picture !== undefined) await this.picture(picture);
		await found.click();
	}

	/** Switches a resource locator to another mode, and types over what is in it. */
	async typeLocator(parameter: string, mode: string, text: string): Promise<void> {
		const locator = this.find(`resource-locator-${parameter}`);
		await locator.getByTestId('rlc-mode-selector').click();
		await this.page.getByRole('option', { name: mode }).click();
		await locator.getByTestId('rlc-input').click();
		await this.page.keyboard.press('Control+A');
		await this.page.keyboard.type(text);
		await this.page.keyboard.press('Tab');
		await this.page.waitForTimeout(800);
	}

	/** Opens the list of a collection's members, and takes one of them. */
	async addMember(collection: 'first' | 'last', member: string, picture?: string): Promise<void> {
		const add = this.find('collection-parameter-add')[collection]();
		await add.scrollIntoViewIfNeeded();
		await add.click();
		const option = this.page.getByRole('option', { name: member });
		await option.waitFor();
		if (picture !== undefined) {
			// It unfolds.
			await this.page.waitForTimeout(500);
			await this.picture(picture);
		}
		await option.click();
	}

	async switchOn(parameter: string): Promise<void> {
		await this.find(`parameter-input-${parameter}`).locator('.el-switch').click();
	}

	/** Fills in a dialog that makes a credential. n8n takes over what was typed after a moment. */
	async fillCredential(values: Readonly<Record<string, string>>): Promise<void> {
		for (const [name, value] of Object.entries(values)) {
			await this.find(`parameter-input-${name}`).locator('input').fill(value);
		}
		await this.page.waitForTimeout(1_000);
		await this.find('credential-save-button').click();
	}

	/** Types over the text of a parameter. n8n takes it over after a moment. */
	async fill(parameter: string, text: string): Promise<void> {
		await this.find(`parameter-input-${parameter}`).locator('input').fill(text);
		await this.page.keyboard.press('Tab');
		await this.page.waitForTimeout(800);
	}

	/** Presses Execute Step, and waits until the table is there and the message about it has gone. */
	async execute(): Promise<string> {
		await this.find('node-execute-button').click();
		const output = this.find('output-panel');
		await output.locator('table td').first().waitFor({ timeout: 60_000 });
		const count = await output
			.getByText(/^[\d,]+ items?$/)
			.first()
			.textContent();
		await this.page.getByText('Node executed successfully').waitFor({ state: 'hidden' });
		return count?.trim() ?? '';
	}

	/** Drags the settings to the left by so many pixels, so that the table gets the room. */
	async widenOutput(by = 440): Promise<void> {
		const handle = await this.find('panel-drag-button').boundingBox();
		if (!handle) throw new Error('The settings cannot be dragged');
		const [x, y] = [handle.x + handle.width / 2, handle.y + handle.height / 2];
		await this.page.mouse.move(x, y);
		await this.page.mouse.down();
		await this.page.mouse.move(x - by, y, { steps: 10 });
		await this.page.mouse.up();
		await this.page.mouse.move(x, y + 300);
	}
}
