import type { EditorRED } from 'node-red';
import { Choice } from '../../shared/editor/choice';
import { flagField, OTHER_SOURCES, propertyField, typedField } from '../../shared/editor/fields';
import { joined, type Item } from '../../shared/editor/items';
import { credentialOf, postForList, settingOf, type ConfigNode } from '../../shared/editor/lists';
import { fillMissing } from '../../shared/editor/section';

declare const RED: EditorRED;

interface ScheduledJobsProperties {
	name: string;
	schema: number;
	client: string;
	/** What the node does; so far it creates. */
	operation: string;
	workflow: string;
	workflowType: string;
	/** The names as they were in the lists, one for each id, for the time when these cannot be read. */
	workflowNames: string[];
	/** Ids. Not `users`: that name is Node-RED's own, and it would throw the choice away. */
	assignees: string;
	assigneesType: string;
	assigneeNames: string[];
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
let assignees: Choice | undefined;

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
		workflowNames: { value: [] },
		assignees: { value: '' },
		assigneesType: { value: 'list' },
		assigneeNames: { value: [] },
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
		return this.name || joined(this.workflowNames) || 'workfloplus scheduled jobs';
	},
	labelStyle() {
		return this.name ? 'node_label_italic' : '';
	},
	oneditprepare() {
		const say = (key: string): string => this._(`workfloplus-scheduled-jobs.${key}`);
		fillMissing(this);
		typedField('jobName', OTHER_SOURCES);
		typedField('description', OTHER_SOURCES);
		typedField('due', [{ value: 'none', label: say('noDate'), hasValue: false }, ...OTHER_SOURCES]);
		flagField('priority');
		propertyField();
		const field = {
			label: say('fromTeam'),
			refreshLabel: this._('shared.dialog.refresh'),
			multiple: true,
			config: 'client',
		};
		workflows = new Choice({
			...field,
			name: 'workflow',
			savedLabels: this.workflowNames,
			load: (client) => listOf(client, 'workflows'),
		});
		assignees = new Choice({
			...field,
			name: 'assignees',
			savedLabels: this.assigneeNames,
			load: (client) => listOf(client, 'users'),
		});
	},
	oneditsave() {
		this.workflowNames = workflows?.chosenLabels ?? [];
		this.assigneeNames = assignees?.chosenLabels ?? [];
		workflows = assignees = undefined;
	},
	oneditcancel() {
		workflows = assignees = undefined;
	},
});

async function listOf(config: ConfigNode, what: 'users' | 'workflows'): Promise<Item[]> {
	return postForList<Item[]>(`field-data/workfloplus/${what}`, {
		id: config.id,
		accountsUrl: settingOf(config, 'accountsUrl'),
		gatewayUrl: settingOf(config, 'gatewayUrl'),
		clientId: credentialOf(config, 'clientId'),
		clientSecret: credentialOf(config, 'clientSecret'),
	});
}
