/** Following a project: what is new, what is gone, and which files have arrived. */
export { findDeleted, type FindDeletedOptions } from './deleted';
export {
	syncMedia,
	withMissingMedia,
	type MediaArrived,
	type MediaSyncOptions,
	type MediaSyncResult,
} from './media';
export {
	dueMedia,
	GIVE_UP_AFTER_MS,
	MOST_PENDING,
	type MissingMedia,
	type PendingMedia,
} from './pendingMedia';
export {
	allStreams,
	streamRef,
	syncQuestion,
	type SyncChoice,
	type SyncQuestion,
	type SyncStream,
} from './question';
export { OVERLAP_MS } from './session';
export { pendingMediaOf, withPendingMedia, type SyncState } from './state';
export {
	syncOnce,
	type OlderProgress,
	type SyncNote,
	type SyncOptions,
	type SyncResult,
	type SyncStoppedBy,
} from './sync';
export type { EntryEvent } from './take';
