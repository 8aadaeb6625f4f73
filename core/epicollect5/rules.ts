import { STATUS_RULES, type Answer, type Rule } from '../http/classify';
import {
	ApiError,
	AuthError,
	MaintenanceError,
	NotFoundError,
	NotUploadedError,
	RateLimitError,
	type ErrorDetails,
	type FieldDataError,
} from '../http/errors';
import { isObject } from '../http/json';
import { limitReport } from '../http/limits';
import { MINUTE } from '../clock';

type Kind = new (message: string, details: ErrorDetails) => FieldDataError;

/**
 * @returns the service's codes in the body of a refusal; none where the body is not the service's own.
 * Source: contract 3.
 */
export function epicollect5Codes(body: string | Uint8Array): string[] {
	try {
		const parsed: unknown = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
		if (!isObject(parsed) || !Array.isArray(parsed.errors)) return [];
		const codes = parsed.errors.filter(isObject).map(({ code }) => code);
		return codes.filter((code): code is string => typeof code === 'string' && code !== '');
	} catch {
		return [];
	}
}

const has = (code: string) => (answer: Answer) => answer.codes.includes(code);

/** Something answers, and it is not Epicollect5. */
export function noEpicollect5(details: Pick<ErrorDetails, 'status' | 'request'>): ApiError {
	return new ApiError('No Epicollect5 answers at this address', {
		...details,
		code: 'no_epicollect5',
		field: 'Server URL',
		hint: 'Check the server URL: it must be the address of an Epicollect5 server.',
	});
}

/** A refusal that stays one: `code` decides, whatever the status. */
function final(code: string, Kind: Kind, message: string, hint: string, field?: string): Rule {
	return {
		when: has(code),
		remedy: 'none',
		error: ({ response, request }) =>
			new Kind(message, { code, hint, field, request, status: response.status }),
	};
}

const WHERE_APPS = 'on the Epicollect5 website under the project > Details > Apps';

/**
 * Epicollect5 says everything with 404 or 400, so the code in the body decides and the status comes second
 * (contract 2.5, 3 and 14). Read from the top; the first line that applies decides.
 */
export const EPICOLLECT5_RULES: readonly Rule[] = [
	{
		// Maintenance looks like a missing project to whoever reads the status alone.
		when: has('ec5_252'),
		remedy: 'retryLater',
		// Contract 4: answers of the maintenance mode are not counted.
		counted: false,
		error: ({ response, request }) =>
			new MaintenanceError('Epicollect5 is being maintained', {
				code: 'ec5_252',
				status: response.status,
				request,
				hint: 'Nothing is lost. The next run goes on where this one stopped.',
			}),
	},
	{
		when: (answer) => has('ec5_256')(answer) && !answer.withToken,
		remedy: 'none',
		error: ({ response, request }) =>
			new AuthError('This project is private and no client app was given', {
				code: 'ec5_256',
				status: response.status,
				request,
				field: 'Client ID',
				hint: `Create a client app ${WHERE_APPS}, and enter its client ID and secret.`,
			}),
	},
	{
		when: has('ec5_256'),
		remedy: 'renewToken',
		error: ({ response, request }) =>
			new AuthError('Epicollect5 refused the token, and a fresh one too', {
				code: 'ec5_256',
				status: response.status,
				request,
				hint:
					'Another program probably uses the same client app: each new token ends the other one. ' +
					`Create a client app of its own for each program, ${WHERE_APPS}.`,
			}),
	},
	final(
		'ec5_257',
		AuthError,
		'The client app belongs to another project, or was deleted',
		`Enter the client ID and secret of an app of this project: ${WHERE_APPS}.`,
		'Client ID',
	),
	{
		when: (answer) => has('ec5_255')(answer) || answer.response.status === 429,
		remedy: 'waitForLimit',
		error: ({ response, request, now }) =>
			new RateLimitError("Epicollect5's limit of requests is used up", {
				code: 'ec5_255',
				status: response.status,
				request,
				retryAfterMs: limitReport(response, now).retryAfterMs,
				hint: 'The limit is shared with everybody who reads this project. Run less often, or wait.',
			}),
	},
	final(
		'ec5_253',
		AuthError,
		'Client ID or client secret is wrong',
		`Epicollect5 does not say which of the two. Copy both again ${WHERE_APPS}.`,
		'Client ID',
	),
	final(
		'ec5_254',
		AuthError,
		'Epicollect5 could not make a token for this client ID',
		'The client ID is a number and the secret has 40 characters. Copy both again.',
		'Client ID',
	),
	final(
		'ec5_11',
		NotFoundError,
		'There is no such project on this server',
		'Choose the project from the list, or paste the address of its page. It may also have been deleted.',
		'Project',
	),
	final(
		'ec5_21',
		NotFoundError,
		'A required value is missing',
		'Fill in the project, or the file name.',
		'Project',
	),
	final(
		'ec5_15',
		NotFoundError,
		'The project has no such form',
		'Choose the form from the list again.',
		'Form',
	),
	final(
		'ec5_99',
		NotFoundError,
		'The form has no such branch',
		'Choose the branch from the list again.',
		'Branch',
	),
	final(
		'ec5_84',
		NotFoundError,
		'The form has no such question',
		'Choose the question from the list again.',
		'Question',
	),
	final(
		'ec5_322',
		NotFoundError,
		'The project has no such mapping',
		'It was probably deleted. Choose the mapping from the list again.',
		'Mapping',
	),
	final(
		'ec5_69',
		NotUploadedError,
		'The file has not been uploaded yet',
		'It arrives when the phone that made it is online again. Try later.',
	),
	final(
		'ec5_77',
		AuthError,
		'This project is private',
		`Create a client app ${WHERE_APPS}, and enter its client ID and secret.`,
		'Client ID',
	),
	final(
		'ec5_78',
		AuthError,
		'This project is private, and the account has no role in it',
		`Create a client app ${WHERE_APPS}, and enter its client ID and secret.`,
		'Client ID',
	),
	final('ec5_335', ApiError, 'The server allows fewer entries in a page', 'Ask for fewer entries at once.'),
	final('ec5_79', ApiError, 'The server did not understand a date', 'Enter dates as 2026-05-31.', 'Filter'),
	final('ec5_43', ApiError, 'An entry ID is too short', 'An entry ID has 36 characters.', 'Entry ID'),
	final(
		'ec5_219',
		NotFoundError,
		'The server does not know this address',
		'Check the server URL: it must be the address of an Epicollect5 server, such as https://five.epicollect.net.',
		'Server URL',
	),
	{
		// A 404 of ours always has a code: this one comes from something in between.
		when: ({ response, codes }) => response.status === 404 && codes.length === 0,
		remedy: 'retryLater',
		error: ({ request }) => noEpicollect5({ status: 404, request }),
	},
	...STATUS_RULES,
];

/** How long to leave the token endpoint alone after a refusal that does not say: its window is an hour (contract 4). */
const TOKEN_RETRY_MS = 10 * MINUTE;

/** The limit that is counted by address and hour, unlike those of a project. */
export function tokenLimitError(
	details: Pick<ErrorDetails, 'status' | 'request' | 'retryAfterMs'>,
): RateLimitError {
	return new RateLimitError('The tokens that Epicollect5 gives to one address in an hour are used up', {
		...details,
		code: 'token_limit',
		hint: 'Wait, and look for other programs at this address that ask for tokens.',
	});
}

/** What a refusal of the token endpoint means: its limit is another one, and nothing waits for it. */
export const EPICOLLECT5_TOKEN_RULES: readonly Rule[] = [
	{
		when: (answer) => has('ec5_255')(answer) || answer.response.status === 429,
		remedy: 'none',
		error: ({ response, request, now }) =>
			tokenLimitError({
				request,
				status: response.status,
				retryAfterMs: limitReport(response, now).endsInMs ?? TOKEN_RETRY_MS,
			}),
	},
	...EPICOLLECT5_RULES,
];
