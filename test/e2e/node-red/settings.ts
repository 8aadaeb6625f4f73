/** The settings file of a Node-RED that is started for one suite only. */
export interface HostSettings {
	port: number;
	/** Where the core nodes are. */
	coreNodes: string;
	/** Token → what its bearer may do. Without it everything is open, as in a fresh Node-RED. */
	tokens?: Readonly<Record<string, readonly string[]>>;
	/** Language of the runtime's own texts. */
	lang?: string;
	/** Environment of the flows, read by `${NAME}` in any field. */
	env?: Readonly<Record<string, string>>;
}

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
		functionExternalModules: false,
		...(settings.lang ? { lang: settings.lang } : {}),
	};
	return `module.exports = ${JSON.stringify(plain, null, '\t')};\n${settings.tokens ? adminAuth(settings.tokens) : ''}`;
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
