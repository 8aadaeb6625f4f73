/** The settings file of a Node-RED that is started for one suite only. */
export interface HostSettings {
	port: number;
	/** Where the core nodes are. */
	coreNodes: string;
	/** Token → what its bearer may do. Without it everything is open, as in a fresh Node-RED. */
	tokens?: Readonly<Record<string, readonly string[]>>;
	/** Name → what that user may do. Each logs in with {@link PASSWORD}, as people do. */
	users?: Readonly<Record<string, readonly string[]>>;
	/** Node-RED writes neither flows nor settings to the disk. */
	readOnly?: boolean;
	/** Language of the runtime's own texts. */
	lang?: string;
	/** Environment of the flows, read by `${NAME}` in any field. */
	env?: Readonly<Record<string, string>>;
	/** What function nodes find by `global.get(name)`: name → what is given to `require`. */
	modules?: Readonly<Record<string, string>>;
	/** A folder whose node_modules hold nodes of other packages. */
	nodesDir?: string;
	/** Function nodes may name packages, which Node-RED installs then, as it does where nothing is set. */
	functionModules?: boolean;
}

/** Of every user, and as `node-red admin hash-pw` writes it. */
export const PASSWORD = 'field data';
const PASSWORD_HASH = '$2b$04$LztT5n1dNo6qhh6GZsEGsOzuhwUxhHew2z8oRlw9HZYKXmsP1GbKW';

/** A settings file in the form that Node-RED's own wizard writes, with everything that phones home off. */
export function settingsFile(settings: HostSettings): string {
	const plain = {
		uiHost: '127.0.0.1',
		uiPort: settings.port,
		flowFile: 'flows.json',
		coreNodesDir: settings.coreNodes,
		flowFilePretty: true,
		credentialSecret: 'only-for-tests',
		contextStorage: { default: { module: 'localfilesystem', config: { flushInterval: 1 } } },
		logging: { console: { level: 'warn', metrics: false, audit: false } },
		diagnostics: { enabled: false, ui: false },
		telemetry: { enabled: false, updateNotification: false },
		editorTheme: {
			tours: false,
			projects: { enabled: false },
			palette: { catalogues: [] },
			codeEditor: { lib: 'ace' },
		},
		functionExternalModules: settings.functionModules ?? false,
		...(settings.readOnly ? { readOnly: true } : {}),
		...(settings.nodesDir ? { nodesDir: settings.nodesDir } : {}),
		...(settings.lang ? { lang: settings.lang } : {}),
	};
	return [
		`module.exports = ${JSON.stringify(plain, null, '\t')};`,
		...Object.entries(settings.modules ?? {}).map(
			([name, file]) =>
				`(module.exports.functionGlobalContext ??= {}).${name} = require(${JSON.stringify(file)});`,
		),
		auth(settings),
	].join('\n');
}

function auth({ tokens, users }: HostSettings): string {
	if (users) return usersAuth(users);
	return tokens ? adminAuth(tokens) : '';
}

function usersAuth(users: NonNullable<HostSettings['users']>): string {
	const list = Object.entries(users).map(([username, permissions]) => ({
		...{ username, permissions, password: PASSWORD_HASH },
	}));
	const adminAuth = { type: 'credentials', users: list };
	return `module.exports.adminAuth = ${JSON.stringify(adminAuth, null, '\t')};\n`;
}

function adminAuth(tokens: NonNullable<HostSettings['tokens']>): string {
	return [
		`const tokens = ${JSON.stringify(tokens)};`,
		`const user = (token) => (tokens[token] ? { username: token, permissions: tokens[token] } : null);`,
		`module.exports.adminAuth = {`,
		`\ttype: 'credentials',`,
		`\tusers: [],`,
		`\ttokens: async (token) => user(token),`,
		`};`,
		``,
	].join('\n');
}
