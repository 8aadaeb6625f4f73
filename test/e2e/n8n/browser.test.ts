import { say } from '../shared/say';
import { Editor } from './editor';
import { FIRST_START_MS, heldEntries, startWorld, type World } from './world';

let world: World;
let editor: Editor | undefined;
let pictures = 0;

beforeAll(async () => {
	world = await startWorld({ limits: 'off', entries: 1_000 });
}, FIRST_START_MS);
afterEach(async () => {
	// What was on the screen when something was not found.
	await editor?.picture(`n8n-last-${++pictures}`).catch(() => undefined);
	await editor?.close();
	editor = undefined;
});
afterAll(async () => await world?.stop());

describe('Somebody with a mouse', () => {
	it('makes a credential, corrects a wrong secret, picks project and form, and sees the entries', async () => {
		editor = await Editor.open(world.host);
		const { page } = editor;
		await editor.addFirstNode('epicollect', 'Epicollect5', 'Get many entries');
		await editor.chooseOption('authentication', 'Client App');

		await page.getByText('Connect to Epicollect5').click();
		await editor.find('parameter-input-clientId').waitFor();
		// It fades in.
		await page.waitForTimeout(500);
		await editor.picture('n8n-credential');
		await page.getByText('If a test fails').scrollIntoViewIfNeeded();
		await editor.picture('n8n-credential-end');
		await editor.fillCredential({ ...world.app('sandbox-private'), clientSecret: 'wrong' });
		await page
			.getByText("Couldn't connect with these settings")
			.or(page.getByText('Couldn’t connect'))
			.first()
			.waitFor();
		await editor.picture('n8n-wrong-secret');
		await editor.fillCredential({ clientSecret: world.app('sandbox-private').clientSecret ?? '' });
		await editor.find('credential-edit-dialog').waitFor({ state: 'hidden' });

		await editor.chooseFromList('project', 'sandbox p', 'Sandbox Private (private)', 'n8n-project-list');
		await editor.chooseFromList('form', '', 'Site', 'n8n-form-list');
		await editor.switchOn('returnAll');
		expect(await editor.execute()).toBe('1000 items');
		await page.getByText('1,000 entries were read with').first().waitFor();
		const output = editor.find('output-panel');
		await output
			.getByText(heldEntries(world.sandbox, 'sandbox-private')[0]?.title ?? '')
			.first()
			.waitFor();
		await editor.widenOutput();
		const files = await editor.pictures('n8n-epicollect5');
		say({ shown: 'n8n browser', items: 1_000, pictures: files });
	});

	it('finds the node by what it is for, and reads a public project without any credential', async () => {
		editor = await Editor.open(world.host, 'dark');
		await editor.addFirstNode('citizen science', 'Epicollect5', 'Get many entries');
		const { epicollect5 } = world.sandbox.addresses;
		await editor.fill('serverUrl', epicollect5);
		await editor.chooseFromList('project', 'sandbox pu', 'Sandbox Public');
		await editor.chooseFromList('form', 'vis', 'Visit');
		expect(await editor.execute()).toBe('50 items');
		await editor.picture('n8n-dark');
	});

	it('pastes the address of a page, is told of another server, and adds a filter and an option', async () => {
		editor = await Editor.open(world.host);
		const { page } = editor;
		const { epicollect5 } = world.sandbox.addresses;
		await editor.addFirstNode('epicollect', 'Epicollect5', 'Get many entries');
		await editor.fill('serverUrl', epicollect5);
		await editor.typeLocator('project', 'By URL', 'https://five.epicollect.net/project/sandbox-public');
		await editor.find('node-execute-button').click();
		await page.getByText("The project's address is one of another server").first().waitFor();
		await editor.picture('n8n-other-server');
		await editor.typeLocator('project', 'By URL', `${epicollect5}/project/sandbox-public/data`);
		await editor.addMember('first', 'Title Contains', 'n8n-filters');
		await editor.fill('title', 'meadow');
		await editor.addMember('last', 'Time Zone', 'n8n-options');
		await editor.fill('timeZone', 'Europe/Berlin');
		await editor.execute();
		await editor.picture('n8n-filtered');
		const titles = heldEntries(world.sandbox, 'sandbox-public').map(({ title }) => title);
		const found = titles.filter((title) => title.toLowerCase().includes('meadow')).length;
		await page
			.getByText(new RegExp(`^${Math.min(50, found)} items?$`))
			.first()
			.waitFor();
	});

	it('follows a project that is chosen from the list, looks at samples, and publishes', async () => {
		editor = await Editor.open(world.host);
		await editor.addFirstNode('epicollect', 'Epicollect5', 'On entry created', 'n8n-found');
		await editor.fill('serverUrl', world.sandbox.addresses.epicollect5);
		await editor.chooseFromList('project', 'sandbox pu', 'Sandbox Public');
		await editor.chooseFromList('form', '', 'Visit');
		expect(await editor.execute()).toBe('3 items');
		await editor.widenOutput(250);
		const files = await editor.pictures('n8n-epicollect5-trigger');
		say({ shown: 'n8n browser', trigger: 3, pictures: files });
		await editor.publish();
		await editor.picture('n8n-published');
		const workflows = await world.host.session.get<{ activeVersionId: string | null }[]>('/workflows');
		expect(workflows.filter(({ activeVersionId }) => activeVersionId !== null)).toHaveLength(1);
	});

	it('plans a WorkfloPlus job for somebody from the list', async () => {
		const [client] = world.sandbox.workfloplusClients;
		const { accounts, gateway } = world.sandbox.addresses.workfloplus;
		const data = {
			clientId: client?.id,
			clientSecret: client?.secret,
			accountsUrl: accounts,
			gatewayUrl: gateway,
		};
		await world.n8n.createCredential('workfloPlusOAuth2Api', data, 'WorkfloPlus account');
		const [workflow] = world.sandbox.workfloplus.admin.state().workflows;
		const [user] = world.sandbox.workfloplus.admin.state().users;

		editor = await Editor.open(world.host);
		await editor.addFirstNode('workflop', 'WorkfloPlus', 'Create a scheduled job');
		await editor.fill('name', 'Replace filter 12');
		await editor.chooseFromList('workflow', '', workflow?.name ?? '');
		await editor.chooseOption('assignedUsers', user?.name ?? '');
		await editor.page.keyboard.press('Escape');
		expect(await editor.execute()).toBe('1 item');
		await editor.picture('n8n-workfloplus');
		const job = world.sandbox.workfloplus.admin
			.state()
			.scheduledJobs.find(({ name }) => name === 'Replace filter 12');
		expect(job).toMatchObject({
			assignedUserIds: [user?.userId],
			tasks: [{ artifactId: workflow?.workflowId }],
		});
	});
});
