import type { EditorRED } from 'node-red';

declare const RED: EditorRED;

interface ClientProperties {
	name: string;
	schema: number;
	accountsUrl: string;
	gatewayUrl: string;
}

interface ClientCredentials {
	clientId: string;
	clientSecret: string;
}

RED.nodes.registerType<ClientProperties, ClientCredentials>('workfloplus-client', {
	category: 'config',
	color: '#F2CC8F',
	icon: 'workfloplus.svg',
	defaults: {
		name: { value: '' },
		schema: { value: 1 },
		accountsUrl: { value: 'https://accounts.workfloplus.com', required: true },
		gatewayUrl: { value: 'https://gateway.workfloplus.com', required: true },
	},
	credentials: {
		clientId: { type: 'text' },
		clientSecret: { type: 'password' },
	},
	label() {
		return this.name || this._('workfloplus-client.defaultLabel');
	},
});
