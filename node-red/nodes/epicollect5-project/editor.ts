import type { EditorRED } from 'node-red';
import type { Item } from '../../shared/editor/items';
import { postForList, showFailure, type ListFailure } from '../../shared/editor/lists';

declare const RED: EditorRED;

interface ProjectProperties {
	name: string;
	schema: number;
	baseUrl: string;
	project: string;
}

interface ProjectCredentials {
	clientId: string;
	clientSecret: string;
}

RED.nodes.registerType<ProjectProperties, ProjectCredentials>('epicollect5-project', {
	category: 'config',
	color: '#C5DFA8',
	icon: 'epicollect5.svg',
	defaults: {
		name: { value: '' },
		schema: { value: 1 },
		baseUrl: { value: 'https://five.epicollect.net', required: true },
		project: { value: '', required: true },
	},
	credentials: {
		clientId: { type: 'text' },
		clientSecret: { type: 'password' },
	},
	label() {
		return this.name || this.project || this._('epicollect5-project.defaultLabel');
	},
	oneditprepare() {
		const project = $('#node-config-input-project');
		const failureLine = $('#field-data-failure-project');
		const search = (text: string, done: (items: Item[]) => void): void => {
			if (isAddress(text) || text.startsWith('${')) return done([]);
			postForList<Item[]>('field-data/epicollect5/projects', { baseUrl: serverUrl(), search: text }).then(
				(items) => {
					showFailure(failureLine, undefined);
					done(items);
				},
				(failure: ListFailure) => {
					showFailure(failureLine, failure);
					done([]);
				},
			);
		};
		(project as JQuery & { autoComplete: (options: object) => void }).autoComplete({ minLength: 2, search });
		project.on('change', () => takePastedPage(project));
	},
});

function serverUrl(): string {
	return String($('#node-config-input-baseUrl').val() ?? '').trim();
}

function isAddress(text: string): boolean {
	return /^https?:\/\//i.test(text.trim());
}

/** The address of a project's page says both: which server and which project. */
function takePastedPage(field: JQuery): void {
	const page = /^(https?:\/\/.+?)\/project\/([^/?#]+)/i.exec(String(field.val() ?? '').trim());
	if (!page) return;
	const [, server = '', slug = ''] = page;
	field.val(slug);
	$('#node-config-input-baseUrl').val(server).trigger('change');
}
