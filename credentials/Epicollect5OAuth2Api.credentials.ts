import type { ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

/**
 * What `normaliseServerUrl` of the core does, in n8n's expressions, which cannot call it: a pasted address of a page or
 * of the API becomes that of the server.
 */
const BASE_URL = [
	'.trim().replace(/[?#].*$/, "")',
	'.replace(/^(\\w+:\\/\\/[^\\/]+.*?)\\/((open\\/)?(project|myprojects|dataviewer)\\/|api\\/(export|oauth|json|projects?|project-version|media|entries)\\b).*$/, "$1")',
	'.replace(/\\/*(\\/api)?\\/*$/, "")',
].join('');

/** The same for `projectSlug`; what is left of a name's spelling, the service itself brings into its form (contract 1). */
const SLUG = [
	'.trim().toLowerCase().replace(/^[^?#]*?\\/(?:project|myprojects|api\\/export\\/(?:entries|media))\\/([^\\/?#]+).*$/, "$1")',
	'.replace(/(%20|[\\s_\\/])+/g, "-")',
].join('');

const PROJECT_PATH = `={{ ($credentials.project || "").trim() ? "/api/export/project/" + encodeURIComponent($credentials.project${SLUG}) : "/api/projects/a?exact=true" }}`;

/**
 * n8n gets the token itself before it sends the request of the test, and words the refusal of one itself: no rule and no
 * function of a node is asked for a credential that extends `oAuth2Api` (n8n 2.41.1, credentials-tester.service.js). So
 * its words are explained here. In plain text: this dialog shows no line breaks and nothing bold.
 */
const TESTING = [
	'If a test fails, n8n says why under More Details.',
	'"HTTP status 400": Client ID or Client Secret is wrong.',
	'"HTTP status 404" or "HTTP status 405": the Server URL is wrong, or Epicollect5 is being maintained.',
	'"HTTP status 429": wait for an hour, as Epicollect5 gives 10 tokens an hour, and each test takes one.',
	'"Expected JSON" or "without access token": another kind of server answers at the Server URL.',
	'"refused the connection" or "cannot be established": nobody answers there.',
	'A test with a wrong Client Secret ends the access of the workflows that are running; with the right one saved they get it back by themselves.',
].join(' ');

/**
 * A client app of Epicollect5. The token that n8n gets with it lives in the encrypted credential, where all workflows,
 * parallel executions and workers share it: a new token ends the earlier ones (contract 2.3).
 */
export class Epicollect5OAuth2Api implements ICredentialType {
	name = 'epicollect5OAuth2Api';

	displayName = 'Epicollect5 OAuth2 API';

	extends = ['oAuth2Api'];

	icon: Icon = { light: 'file:../icons/epicollect5.svg', dark: 'file:../icons/epicollect5.dark.svg' };

	documentationUrl = 'https://github.com/field-data/field-data-nodes#epicollect5-credentials';

	properties: INodeProperties[] = [
		{
			displayName:
				"An app is a number and a password with which one program may read one private project; public projects need none. Its creator or a manager makes it on the Epicollect5 website: the project > Details > Apps > Create New App. Make one for n8n alone: two programs with the same app end each other's access.",
			name: 'explanation',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Server URL',
			name: 'serverUrl',
			type: 'string',
			default: 'https://five.epicollect.net',
			required: true,
			description: 'Leave as it is unless your organisation runs an Epicollect5 server of its own',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 4945',
			description: 'A number, shown beside the app on the Epicollect5 website: your project > Details > Apps',
			hint: 'A number. On the Epicollect5 website: your project > Details > Apps > Create New App. Make an app for n8n alone.',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: '40 characters, shown beside the Client ID on the same page',
			hint: 'Beside the Client ID on the same page. If the test says "HTTP status 400", one of the two is wrong: Epicollect5 does not say which.',
		},
		{
			displayName: 'Project',
			name: 'project',
			type: 'string',
			default: '',
			placeholder: 'e.g. my-project',
			description:
				'The project that the app belongs to: the address of its page, or the last part of it. With it, the test can tell whether the app fits the project.',
		},
		{
			displayName: TESTING,
			name: 'testExplanation',
			type: 'notice',
			default: '',
		},
		{ displayName: 'Grant Type', name: 'grantType', type: 'hidden', default: 'clientCredentials' },
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: `={{ $self["serverUrl"]${BASE_URL} }}/api/oauth/token`,
			required: true,
		},
		{ displayName: 'Scope', name: 'scope', type: 'hidden', default: '' },
		{ displayName: 'Authentication', name: 'authentication', type: 'hidden', default: 'body' },
		{
			displayName: 'Send Additional Body Properties',
			name: 'sendAdditionalBodyProperties',
			type: 'hidden',
			default: false,
		},
	];

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ $credentials.serverUrl${BASE_URL} }}`,
			url: PROJECT_PATH,
			headers: { Accept: 'application/json' },
			ignoreHttpStatusErrors: true,
		},
		rules: [
			rule(
				'ec5_257',
				'The app belongs to another project than the one under Project. Client ID and secret are right.',
			),
			rule('ec5_11', 'Client ID and secret are right, but there is no such project on this server.'),
			rule('ec5_252', 'Epicollect5 is being maintained. Try again later.'),
			rule(
				'ec5_255',
				'Client ID and secret are right, but the limit of requests for this project is used up. Try again in a minute.',
			),
			rule(
				'ec5_256',
				'The token was refused. Another program probably uses the same app: create one for n8n alone.',
			),
		],
	};
}

/** Epicollect5 says what is wrong in the body, and nearly everything with status 404 (contract 2.5). */
function rule(code: string, message: string) {
	return {
		type: 'responseSuccessBody' as const,
		properties: { key: 'errors[0].code', value: code, message },
	};
}
