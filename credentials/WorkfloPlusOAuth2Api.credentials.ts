import type { ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

const WITHOUT_SLASH = '.trim().replace(/\\/+$/, "")';

/** An M2M client of WorkfloPlus (contract 3.3). n8n keeps its token in the encrypted credential. */
export class WorkfloPlusOAuth2Api implements ICredentialType {
	name = 'workfloPlusOAuth2Api';

	displayName = 'WorkfloPlus OAuth2 API';

	extends = ['oAuth2Api'];

	icon: Icon = { light: 'file:../icons/workfloplus.svg', dark: 'file:../icons/workfloplus.dark.svg' };

	documentationUrl = 'https://github.com/field-data/field-data-nodes#workfloplus-credentials';

	properties: INodeProperties[] = [
		{
			displayName:
				'WorkfloPlus calls this an M2M client. The owner of your team can create one; otherwise ask the support of WorkfloPlus. It needs the scopes and permissions of what your workflows do.',
			name: 'explanation',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			description: 'The value "clientId" that was shown when the client was created',
			hint: 'Of an M2M client, which the owner of your team can create',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'The value "newSecret", which was shown only once, when the client was created',
			hint: 'It was shown only once, when the client was created',
		},
		{
			displayName: 'Accounts URL',
			name: 'accountsUrl',
			type: 'string',
			default: 'https://accounts.workfloplus.com',
			required: true,
			description:
				'Where people and clients are known. Leave as it is unless WorkfloPlus told you another one.',
		},
		{
			displayName: 'Gateway URL',
			name: 'gatewayUrl',
			type: 'string',
			default: 'https://gateway.workfloplus.com',
			required: true,
			description: 'Where workflows and jobs are. Leave as it is unless WorkfloPlus told you another one.',
		},
		{ displayName: 'Grant Type', name: 'grantType', type: 'hidden', default: 'clientCredentials' },
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: `={{ $self["accountsUrl"]${WITHOUT_SLASH} }}/connect/token`,
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

	/** "Any Valid Token" may read the team's users (contract 4, U1). */
	test: ICredentialTestRequest = {
		request: { baseURL: `={{ $credentials.accountsUrl${WITHOUT_SLASH} }}`, url: '/api/team/user' },
	};
}
