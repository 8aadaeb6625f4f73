import type { ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

/**
 * What `normaliseServerUrl` of the core does, in n8n's expressions, which cannot call it: a pasted address of a page or
 * of the API becomes that of the server.
 */
const BASE_URL = [
	'.trim().replace(/[?#].*$/, "")',
	'.replace(/^(\\w+:\\/\\/[^\\/]+.*?)\\/((project|dataviewer)\\/|api\\/(export|oauth|json|projects?|project-version|media|entries)\\b).*$/, "$1")',
	'.replace(/\\/*(\\/api)?\\/*$/, "")',
].join('');

/** The same for `projectSlug`; what is left of a name's spelling, the service itself brings into its form (contract 1). */
const SLUG = [
	'.trim().toLowerCase().replace(/^[^?#]*?\\/project\\/([^\\/?#]+).*$/, "$1")',
	'.replace(/(%20|[\\s_\\/])+/g, "-")',
].join('');

const PROJECT_PATH = `={{ ($credentials.project || "").trim() ? "/api/export/project/" + encodeURIComponent($credentials.project${SLUG}) : "/api/projects/a?exact=true" }}`;

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
				"Only private projects need this. Make one app for n8n alone: two programs with the same app end each other's access.",
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
			description: 'A number. On the Epicollect5 website: your project > Details > Apps.',
			hint: 'On the Epicollect5 website: your project > Details > Apps > Create New App',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: '40 characters, shown beside the Client ID on the same page',
			hint: 'Beside the Client ID on the same page. If the test says "HTTP status 400", one of the two is wrong.',
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
			displayName:
				'Each test asks for a new token, and Epicollect5 gives 10 an hour. A test with a wrong secret ends the access of workflows that are running.',
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
