import { untilAborted } from '../../../core/http/abort';
import { InputError } from '../../../core/http/errors';
import type { RedNode } from '../../shared/red';
import { parseCursor, type Cursor } from './cursor';

const KEY = 'cursor';

type Context = ReturnType<RedNode['context']>;

/**
 * Keeps the cursor in the node's context, where the sidebar shows it. All stores are used with callbacks, as some know no
 * other way.
 */
export class CursorKeeper {
	/** What the store has refused. It holds, and is written before anything else is sent. */
	private unsaved: Cursor | undefined;

	/** @param store undefined for the default one */
	constructor(
		private readonly node: RedNode,
		private readonly store: string | undefined,
	) {}

	/** @throws InputError where the store cannot be read or written, or holds what is no cursor */
	async read(signal: AbortSignal): Promise<Cursor> {
		if (this.unsaved) await this.write(this.unsaved);
		const kept = await untilAborted(
			this.ask((context, done) => context.get(KEY, this.store, done as never), 'read'),
			signal,
		);
		return parseCursor(kept);
	}

	/** @throws InputError where the store cannot be written */
	async write(cursor: Cursor): Promise<void> {
		this.unsaved = cursor;
		await this.ask((context, done) => context.set(KEY, cursor, this.store, done), 'written');
		this.unsaved = undefined;
	}

	/** Forgets everything. @throws InputError where the store cannot be written */
	async clear(): Promise<void> {
		await this.ask((context, done) => context.set(KEY, undefined, this.store, done), 'written');
		this.unsaved = undefined;
	}

	private async ask(
		act: (context: Context, done: (error?: Error | null, value?: unknown) => void) => void,
		what: 'read' | 'written',
	): Promise<unknown> {
		try {
			return await new Promise((resolve, reject) => {
				act(this.node.context(), (error, value) => (error ? reject(error) : resolve(value)));
			});
		} catch (cause) {
			throw new InputError(
				`The context store "${this.store ?? 'default'}" cannot be ${what}: ${said(cause)}`,
				{
					code: 'store',
					field: 'Store',
					hint: 'Free its disk, make it writable, or choose another store. Until then nothing more is sent.',
					cause,
				},
			);
		}
	}
}

function said(cause: unknown): string {
	return cause instanceof Error ? cause.message : String(cause);
}
