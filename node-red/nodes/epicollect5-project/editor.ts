import type { EditorRED } from 'node-red';
import type { Item } from '../../shared/editor/items';
import { postForList, showFailure, withSpinner, type ListFailure } from '../../shared/editor/lists';

declare const RED: EditorRED;

interface ProjectProperties {
	name: string;
	schema: number;
	baseUrl: string;
	project: string;
}

type Say = (key: string, values?: Record<string, string | number>) => string;

/** What the runtime found when it tried the connection. */
interface TestResult {
	project: string;
	access: 'public' | 'private';
	forms: number;
	entries: number;
	token: 'none' | 'kept' | 'new';
}

/** How the client app's token stands. */
interface TokenState {
	hasToken: boolean;
	/** Milliseconds since the epoch. */
	expiresAt?: number;
	askedThisHour: number;
	failure?: string;
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
			postForList<Item[]>('field-data/epicollect5/projects', {
				baseUrl: typed('baseUrl'),
				search: text,
			}).then(
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
		const say: Say = (key, values) => this._(`epicollect5-project.${key}`, values);
		prepareTest(this.id, say);
		prepareTokenLine(this.id, say);
	},
});

const FIELDS = ['baseUrl', 'project', 'clientId', 'clientSecret'] as const;
const FIELD_INPUTS = FIELDS.map((name) => `#node-config-input-${name}`).join();

/** A field of the dialog as it is now; a stored secret is Node-RED's placeholder. */
function typed(name: (typeof FIELDS)[number]): string {
	return String($(`#node-config-input-${name}`).val() ?? '').trim();
}

/** The connection as the dialog shows it, deployed or not. */
function shown(id: string): object {
	return { id, ...Object.fromEntries(FIELDS.map((name) => [name, typed(name)])) };
}

function prepareTest(id: string, say: Say): void {
	const [button, works] = [$('#field-data-test'), $('#field-data-tested')];
	const failureLine = $('#field-data-failure-test');
	const clear = (): void => {
		works.hide();
		showFailure(failureLine, undefined);
	};
	// What was found holds for what was tried, not for what is typed afterwards.
	$(FIELD_INPUTS).on('input change', clear);
	button.on('click', () => {
		const tried = shown(id);
		const isCurrent = (): boolean => JSON.stringify(shown(id)) === JSON.stringify(tried);
		clear();
		button.prop('disabled', true);
		void withSpinner(button, () => postForList<TestResult>('field-data/epicollect5/test', tried))
			.then(
				(result) => {
					if (!isCurrent()) return;
					works.find('span').text(resultText(result, say));
					works.show();
				},
				(failure: ListFailure) => showFailure(failureLine, isCurrent() ? failure : undefined),
			)
			.finally(() => {
				button.prop('disabled', false);
				$(FIELD_INPUTS).first().trigger(TESTED);
			});
	});
}

/** A test may have asked for a token. */
const TESTED = 'field-data-tested';

function resultText({ project, access, forms, entries, token }: TestResult, say: Say): string {
	const words = {
		access: { public: say('access.public'), private: say('access.private') }[access],
		token: { none: '', kept: say('test.kept'), new: say('test.new') }[token],
	};
	const numbers = { forms, entries: entries.toLocaleString() };
	return `${say('test.works', { project, access: words.access, ...numbers })} ${words.token}`.trim();
}

function prepareTokenLine(id: string, say: Say): void {
	const line = $('#field-data-token');
	const refresh = (): void => {
		const known = saidAtOnce(say);
		if (known !== undefined) return void line.text(known);
		const asked = shown(id);
		const answer = (text: string): void => {
			if (JSON.stringify(shown(id)) === JSON.stringify(asked)) line.text(text);
		};
		postForList<TokenState | null>('field-data/epicollect5/token', asked).then(
			(state) => answer(tokenText(state, say)),
			() => answer(say('token.unknown')),
		);
	};
	$(FIELD_INPUTS).on(`change ${TESTED}`, refresh);
	refresh();
}

/** Half a connection has no token that the runtime could know of; what is missing is said by the test. */
function saidAtOnce(say: Say): string | undefined {
	if (typed('clientId') === '' && typed('clientSecret') === '') return say('token.notNeeded');
	return FIELDS.every((name) => typed(name) !== '') ? undefined : say('token.unknown');
}

/** "valid until 14:05 · asked for this hour: 3" */
function tokenText(state: TokenState | null, say: Say): string {
	// The stored secret is not used for what was changed.
	if (!state) return say('token.unknown');
	const { hasToken, expiresAt, askedThisHour, failure } = state;
	const time = new Date(expiresAt ?? 0).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
	const valid = expiresAt === undefined ? say('token.valid') : say('token.validUntil', { time });
	return [
		hasToken ? valid : say('token.notYet'),
		askedThisHour > 0 ? say('token.asked', { times: askedThisHour }) : '',
		failure === undefined ? '' : say('token.failed', { message: failure }),
	]
		.filter(Boolean)
		.join(' · ');
}

function isAddress(text: string): boolean {
	return /^https?:\/\//i.test(text.trim());
}

/** The address of a project's page, or of its link for the app, says both: which server and which project. */
function takePastedPage(field: JQuery): void {
	const page = /^(https?:\/\/.+?)\/(?:open\/)?(?:project|myprojects)\/([^/?#]+)/i.exec(
		String(field.val() ?? '').trim(),
	);
	if (!page) return;
	const [, server = '', slug = ''] = page;
	field.val(slug);
	$('#node-config-input-baseUrl').val(server).trigger('change');
}
