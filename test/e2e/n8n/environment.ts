import { childEnvironment } from '../shared/child';

/** Switched off: whatever would call home or nag. */
const OFF = [
	'N8N_DIAGNOSTICS_ENABLED',
	'N8N_VERSION_NOTIFICATIONS_ENABLED',
	'N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED',
	'N8N_TEMPLATES_ENABLED',
	'N8N_PERSONALIZATION_ENABLED',
	'N8N_HIRING_BANNER_ENABLED',
	'N8N_DYNAMIC_BANNERS_ENABLED',
	'N8N_LICENSE_AUTO_RENEW_ENABLED',
	'N8N_PYTHON_ENABLED',
	'N8N_VERIFIED_PACKAGES_ENABLED',
];
const ON = ['N8N_COMMUNITY_PACKAGES_ENABLED', 'N8N_UNVERIFIED_PACKAGES_ENABLED'];

/** Where a process of n8n keeps its things, and where it listens. */
export interface Place {
	userFolder: string;
	port: number;
	brokerPort: number;
}

/** The environment of a process of n8n on loopback. */
export function n8nEnvironment({ userFolder, port, brokerPort }: Place): NodeJS.ProcessEnv {
	const url = `http://127.0.0.1:${port}`;
	return {
		...childEnvironment(),
		...Object.fromEntries(OFF.map((name) => [name, 'false'])),
		...Object.fromEntries(ON.map((name) => [name, 'true'])),
		N8N_USER_FOLDER: userFolder,
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_SECURE_COOKIE: 'false',
		WEBHOOK_URL: `${url}/`,
		N8N_EDITOR_BASE_URL: url,
		N8N_ENCRYPTION_KEY: 'field-data-host-tests',
		DB_TYPE: 'sqlite',
		N8N_RUNNERS_MODE: 'internal',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		GENERIC_TIMEZONE: 'UTC',
	};
}
