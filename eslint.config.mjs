import n8nCommunityNodes from '@n8n/eslint-plugin-community-nodes';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

/** What n8n's scan forbids in a package's JavaScript, and what would tie the core to a host. */
const HOST_GLOBALS = [
	'process',
	'global',
	'globalThis',
	'console',
	'setTimeout',
	'clearTimeout',
	'setInterval',
	'clearInterval',
	'setImmediate',
	'clearImmediate',
	'queueMicrotask',
	'fetch',
	'require',
	'__dirname',
	'__filename',
	'RED',
];

/** Keeps files from importing what lies in these folders, however many steps up they are. */
function onlyImports(files, folders) {
	const regex = `^(?:\\.{1,2}/)+(?:${folders.join('|')})(?:/|$)`;
	const message = 'The arrows go one way: core ← n8n, core ← Node-RED, and the sandbox stands alone.';
	return { files, rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] } };
}

export default tseslint.config(
	{
		ignores: [
			'**/node_modules/**',
			'**/dist/**',
			'packs/**',
			'coverage/**',
			'test/e2e/out/**',
			'test/hosts/**',
			'package-lock.json',
		],
	},
	{
		files: ['**/*.ts'],
		extends: [...tseslint.configs.recommended],
		rules: {
			'@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
			'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
			'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
			eqeqeq: 'error',
			'no-console': 'error',
		},
	},
	{
		// One test, one promise: its `describe` may be as long as there are promises.
		files: ['test/**/*.ts'],
		rules: { 'max-lines-per-function': 'off', 'max-lines': 'off' },
	},
	{
		// The core knows the two services and no host: it is given its transport, clock and token store.
		files: ['core/**/*.ts'],
		rules: {
			'no-restricted-globals': ['error', ...HOST_GLOBALS],
			'no-restricted-imports': [
				'error',
				{
					patterns: [
						{
							regex: '^(?!\\.{1,2}/|crypto$)',
							message: 'The core imports its own files and `crypto`, nothing else.',
						},
						{
							group: ['**/nodes/**', '**/credentials/**', '**/node-red/**', '**/sandbox/**'],
							message: 'The arrows go one way: core ← n8n, core ← Node-RED.',
						},
					],
				},
			],
		},
	},
	// The arrows go one way: core ← n8n, core ← Node-RED; the sandbox knows none of them, or it would prove nothing.
	onlyImports(['nodes/**/*.ts', 'credentials/**/*.ts'], ['node-red', 'sandbox', 'test']),
	onlyImports(
		['node-red/nodes/**/*.ts'],
		['credentials', 'sandbox', 'test', '../nodes/Epicollect5', '../nodes/WorkfloPlus'],
	),
	onlyImports(
		['node-red/shared/**/*.ts'],
		['credentials', 'sandbox', 'test', 'nodes/Epicollect5', 'nodes/WorkfloPlus', 'nodes/shared'],
	),
	onlyImports(['sandbox/**/*.ts'], ['core', 'nodes', 'credentials', 'node-red', 'test']),
	{
		...n8nCommunityNodes.configs.recommended,
		files: ['nodes/**/*.ts', 'credentials/**/*.ts', 'core/**/*.ts'],
	},
	{
		// The core's own errors become n8n's in nodes/shared; n8n's scan looks at nodes/ and credentials/ for this one.
		files: ['core/**/*.ts'],
		rules: { '@n8n/community-nodes/require-node-api-error': 'off' },
	},
	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: {
			...n8nNodesBase.configs?.nodes?.rules,
			...n8nNodesBase.configs?.credentials?.rules,
			// For n8n's own packages; a community package gives a full address.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			// The newer plugin asks for NodeConnectionTypes.Main instead of a text.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
		},
	},
);
