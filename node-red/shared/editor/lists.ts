/** How the dialogs get their lists from the runtime, and how they say that they could not. */

export interface ListFailure {
	code: string;
	message: string;
	hint: string;
	field?: string;
}

/** Node-RED's own placeholder for a credential that is stored in the runtime and unchanged. */
const STORED = '__PWRD__';

/** @throws ListFailure */
export async function postForList<T>(path: string, body: object): Promise<T> {
	try {
		return (await $.ajax({
			url: path,
			type: 'POST',
			contentType: 'application/json',
			data: JSON.stringify(body),
		})) as T;
	} catch (cause) {
		throw failureOf(cause as JQuery.jqXHR);
	}
}

function failureOf(answer: JQuery.jqXHR): ListFailure {
	const failure = (answer.responseJSON as { error?: ListFailure } | undefined)?.error;
	if (failure) return failure;
	return { code: 'no_answer', message: `${answer.status || ''} ${answer.statusText}`.trim(), hint: '' };
}

/** What a config node holds in the editor: deployed, changed, or new. */
export interface ConfigNode {
	id: string;
	credentials?: Record<string, string | boolean | undefined>;
	[name: string]: unknown;
}

/** A setting of a config node as the runtime compares it with the deployed one. */
export function settingOf(config: ConfigNode, name: string): string {
	const value = config[name];
	return typeof value === 'string' ? value.trim() : '';
}

/**
 * A credential as the editor knows it: typed, or stored and unchanged, or none. It is not loaded until the config node's
 * dialog is opened, and forgotten at each deploy; then it is unchanged.
 */
export function credentialOf({ credentials }: ConfigNode, name: string): string {
	if (!credentials) return STORED;
	const typed = credentials[name];
	if (typeof typed === 'string' && typed !== '') return typed.trim();
	return credentials[`has_${name}`] ? STORED : '';
}

/** The line below a field that says why its list is empty. */
export function showFailure(place: JQuery, failure: ListFailure | undefined): void {
	place.toggle(failure !== undefined);
	place.text(failure ? [failure.message, failure.hint].filter(Boolean).join('. ') : '');
}

/** Runs a request and shows on the button that it runs. */
export async function withSpinner<T>(button: JQuery, work: () => Promise<T>): Promise<T> {
	const icon = button.find('i').addClass('fa-spin');
	try {
		return await work();
	} finally {
		icon.removeClass('fa-spin');
	}
}
