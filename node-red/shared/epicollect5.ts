import { clientKey } from '../../core/auth/clientKey';
import type { TokenKeeper } from '../../core/auth/tokenKeeper';
import { normaliseServerUrl, projectSlug } from '../../core/epicollect5/address';
import { Epicollect5Client } from '../../core/epicollect5/client';
import type { Project } from '../../core/epicollect5/project';
import { issueEpicollect5Token } from '../../core/epicollect5/token';
import type { Tokens } from '../../core/http/caller';
import { InputError } from '../../core/http/errors';
import { untilAborted } from '../../core/http/abort';
import { Run, type RunOptions } from '../../core/run';
import type { Red, RedNode } from './red';
import { runtime, SHARE } from './runtime';
import { sealedStore } from './tokenStore';
import { refuseUnset } from './values';

/** What the dialog of a project holds, environment variables filled in. */
export interface Epicollect5Settings {
	baseUrl: string;
	project: string;
	clientId: string;
	clientSecret: string;
}

/** The tokens of one client app for the whole runtime. */
interface SharedTokens extends Tokens {
	keeper: TokenKeeper;
}

/** The config node of a project, as the nodes that read find it. */
export interface ProjectNode extends RedNode {
	/** @throws InputError: what is wrong with the settings is said by the node that uses them. */
	connection(project?: string): Epicollect5Connection;
}

/** A project as nodes and dialogs read it. */
export class Epicollect5Connection {
	readonly client: Epicollect5Client;
	/** As `normaliseServerUrl` gives it. */
	readonly server: string;
	readonly slug: string;
	/** Left out where no client app was given. */
	readonly tokens: SharedTokens | undefined;
	private readonly baseUrl: string;
	private readonly key: string;

	/** @throws InputError naming the setting that makes no sense */
	constructor(red: Red, settings: Epicollect5Settings) {
		const { baseUrl: server, project, clientId, clientSecret } = settings;
		refuseUnset({ Server: server, Project: project, 'Client ID': clientId, 'Client secret': clientSecret });
		const baseUrl = normaliseServerUrl(server);
		this.server = baseUrl;
		this.slug = projectSlug(project, baseUrl);
		this.baseUrl = baseUrl;
		this.tokens = tokensOf(red, { ...settings, baseUrl });
		this.client = clientOf(baseUrl, this.tokens);
		this.key = `${clientKey(baseUrl, clientId, clientSecret)} ${this.slug}`;
	}

	/** The definition, from the copy that all nodes share. @throws FieldDataError */
	async project(options: RunOptions, newer = false): Promise<Project> {
		return await this.read(this.client, options, newer);
	}

	/** As {@link project}, asked anew with other tokens than the connection's own. */
	async projectWith(tokens: Tokens | undefined, options: RunOptions): Promise<Project> {
		return await this.read(clientOf(this.baseUrl, tokens), options, true);
	}

	private async read(client: Epicollect5Client, options: RunOptions, newer: boolean): Promise<Project> {
		const { signal, ...unsignalled } = options;
		// Without the signal: other nodes wait for the same answer.
		const run = new Run(runtime.clock, unsignalled);
		const newerThan = newer ? runtime.clock.now() : undefined;
		const answer = runtime.projects.get(this.key, client, this.slug, run, newerThan);
		return await untilAborted(answer, signal);
	}
}

/**
 * @param baseUrl as `normaliseServerUrl` gives it
 * @param tokens left out for what needs none, such as a public project or the search
 */
export function clientOf(baseUrl: string, tokens?: Tokens): Epicollect5Client {
	const { clock, limiters, placeholders, transport } = runtime;
	return new Epicollect5Client({ transport, clock, limiters, placeholders, baseUrl, tokens });
}

/** @returns undefined where no client app is given: public projects need none. @throws InputError for half of one */
function tokensOf(
	red: Red,
	{ baseUrl, clientId, clientSecret }: Pick<Epicollect5Settings, 'baseUrl' | 'clientId' | 'clientSecret'>,
): SharedTokens | undefined {
	if (clientId === '' && clientSecret === '') return undefined;
	if (clientId === '' || clientSecret === '') {
		throw new InputError('Only one of client ID and client secret is given', {
			code: 'client_app',
			field: clientId === '' ? 'Client ID' : 'Client secret',
			hint: 'Enter both, or neither for a public project.',
		});
	}
	const { clock, keepers, limiters, transport } = runtime;
	const app = { origin: baseUrl, clientId, secret: clientSecret };
	const warn = (): void => red.log.warn(red._('shared.message.settingsReadOnly'));
	return {
		keeper: keepers.get(clientKey(baseUrl, clientId, clientSecret)),
		source: {
			store: sealedStore(red.settings, app, warn),
			issue: () => issueEpicollect5Token({ transport, clock, limiters, baseUrl, clientId, clientSecret }),
		},
	};
}

/** The connection of the project that a node is set to. @throws InputError */
export function connectionOf(red: Red, projectNodeId: string): Epicollect5Connection {
	const node = red.nodes.getNode(projectNodeId) as ProjectNode | null;
	if (node) return node.connection();
	throw new InputError(red._('shared.message.noProject'), {
		code: 'no_project',
		field: 'Project',
		hint: red._('shared.hint.noProject'),
	});
}

/** Defaults of every run of this pack. */
export function runOptions(options: RunOptions): RunOptions {
	return { share: SHARE, ...options };
}
