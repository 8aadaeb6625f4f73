import { clientKey } from '../../core/auth/clientKey';
import { normaliseAccountsUrl, normaliseGatewayUrl } from '../../core/workfloplus/address';
import { WorkfloPlusClient } from '../../core/workfloplus/client';
import { issueWorkfloPlusToken } from '../../core/workfloplus/token';
import type { Red } from './red';
import { runtime } from './runtime';
import { sealedStore } from './tokenStore';
import { refuseUnset } from './values';

/** What the dialog of a client holds, environment variables filled in. */
export interface WorkfloPlusSettings {
	accountsUrl: string;
	gatewayUrl: string;
	clientId: string;
	clientSecret: string;
}

/** @throws InputError naming the setting that makes no sense */
export function workfloPlusClient(red: Red, settings: WorkfloPlusSettings): WorkfloPlusClient {
	const { clock, keepers, limiters, transport } = runtime;
	const { clientId, clientSecret } = settings;
	refuseUnset({
		...{ 'Accounts server': settings.accountsUrl, 'Gateway server': settings.gatewayUrl },
		...{ 'Client ID': clientId, 'Client secret': clientSecret },
	});
	const accountsUrl = normaliseAccountsUrl(settings.accountsUrl);
	const app = { origin: accountsUrl, clientId, secret: clientSecret };
	const warn = (): void => red.log.warn(red._('shared.message.settingsReadOnly'));
	return new WorkfloPlusClient({
		transport,
		clock,
		limiters,
		accountsUrl,
		gatewayUrl: normaliseGatewayUrl(settings.gatewayUrl),
		tokens: {
			keeper: keepers.get(clientKey(accountsUrl, clientId, clientSecret)),
			source: {
				store: sealedStore(red.settings, app, warn),
				issue: () => issueWorkfloPlusToken({ transport, clock, accountsUrl, clientId, clientSecret }),
			},
		},
	});
}
