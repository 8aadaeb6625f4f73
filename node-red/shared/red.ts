import type { Node, NodeAPI, NodeMessage } from 'node-red';
import type { SettingsStore } from './tokenStore';

/** What the runtime hands to a node's file. `_` and the settings store are missing from, or vague in, the public types. */
export type Red = Omit<NodeAPI, '_'> & {
	_: Translate;
	settings: NodeAPI['settings'] & SettingsStore & { lang?: string };
};

export type Translate = (key: string, values?: Record<string, unknown>) => string;

/** A message with whatever properties other nodes put there. */
export type Message = NodeMessage & { _msgid?: string; cancel?: unknown };

export type Send = (message: Message | Message[] | (Message | Message[] | null)[]) => void;
export type Done = (error?: Error) => void;

export type RedNode = Node;
