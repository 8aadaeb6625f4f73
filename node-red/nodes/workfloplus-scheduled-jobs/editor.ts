import type { EditorRED } from 'node-red';
import { Choice, OTHER_SOURCES } from '../../shared/editor/choice';
import { credentialOf, postForList, settingOf, type ConfigNode, type Item } from '../../shared/editor/lists';

declare const RED: EditorRED;

interface ScheduledJobsProperties {
	name: string;
	schema: number;
	client: string;
	/** What the node does; so far it creates. */
	operation: string;
	workflow: string;
	workflowType: string;
	/** The names as they were in the lists, for the time when these cannot be read. */
	workflowName: string;
	users: string;
	usersType: string;
	userNames: string;
	jobName: string;
	jobNameType: string;
	description: string;
	descriptionType: string;
	due: string;
	dueType: string;
	priority: string;
	priorityType: string;
	property: string;
}

let workflows: Choice | undefined;
let users: Choice | undefined;

RED.nodes.registerType<ScheduledJobsProperties>('workfloplus-scheduled-jobs', {
	category: 'field data',
	color: '#F2CC8F',
	icon: 'workfloplus.svg',
	inputs: 1,
	outputs: 1,
	paletteLabel: 'workfloplus scheduled jobs',
	defaults: {
		name: { value: '' },
		schema: { value: 1 },
		client: { value: '', type: 'workfloplus-client', required: true },
		operation: { value: 'create' },
		workflow: { value: '', required: true },
		workflowType: { value: 'list' },
		workflowName: { value: '' },
		users: { value: '' },
		usersType: { value: 'list' },
		userNames: { value: '' },
		jobName: { value: 'payload', required: true },
		jobNameType: { value: 'msg' },
		description: { value: '' },
		descriptionType: { value: 'str' },
		due: { value: '' },
		dueType: { value: 'none' },
		priority: { value: 'false' },
		priorityType: { value: 'bool' },
		property: { value: 'payload', required: true },
	},
	label() {
		return this.name || this.workflowName || 'workfloplus scheduled jobs';
	},
	labelStyle() {
		return this.name ? 'node_label_italic' : '';
	},
	oneditprepare() {
		const say = (key: string): string => this._(`workfloplus-scheduled-jobs.${key}`);
		prepareFields(say);
		const config = (): ConfigNode | null =>
			RED.nodes.node($('#node-input-client').val() as string) as unknown as ConfigNode | null;
		const from = say('fromTeam');
		workflows = new Choice({
			name: 'workflow',
			label: from,
			multiple: true,
			savedLabel: this.workflowName,
			config,
			load: (client) => listOf(client, 'workflows'),
		});
		users = new Choice({
			name: 'users',
			label: from,
			multiple: true,
			savedLabel: this.userNames,
			config,
			load: (client) => listOf(client, 'users'),
		});
		$('#node-input-client').on('change', () => {
			void workflows?.refresh(false);
			void users?.refresh(false);
		});
	},
	oneditsave() {
		this.workflowName = workflows?.chosenLabel ?? '';
		this.userNames = users?.chosenLabel ?? '';
		workflows = users = undefined;
	},
	oneditcancel() {
		workflows = users = undefined;
	},
});

function prepareFields(say: (key: string) => string): void {
	const none = { value: 'none', label: say('noDate'), hasValue: false };
	const types: Record<string, unknown[]> = {
		jobName: [...OTHER_SOURCES],
		description: [...OTHER_SOURCES],
		due: [none, ...OTHER_SOURCES],
		priority: ['bool', 'msg', 'flow', 'global', 'jsonata', 'env'],
	};
	for (const [name, offered] of Object.entries(types)) {
		const field = $(`#node-input-${name}`);
		field.typedInput({ types: offered as never, typeField: `#node-input-${name}Type` });
		field.typedInput('width', 'calc(100% - 155px)');
	}
	$('#node-input-property').typedInput({ default: 'msg', types: ['msg'] });
	$('#node-input-property').typedInput('width', 'calc(100% - 155px)');
}

async function listOf(config: ConfigNode, what: 'users' | 'workflows'): Promise<Item[]> {
	return postForList<Item[]>(`field-data/workfloplus/${what}`, {
		id: config.id,
		accountsUrl: settingOf(config, 'accountsUrl'),
		gatewayUrl: settingOf(config, 'gatewayUrl'),
		clientId: credentialOf(config, 'clientId'),
		clientSecret: credentialOf(config, 'clientSecret'),
	});
}
