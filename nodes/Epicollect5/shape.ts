import type { ReadRequest } from '../../core/epicollect5/reading';
import { zoneReader } from '../../core/epicollect5/zone';
import { checkedCollection, flagSetting } from '../shared/parameter';
import type { HostContext } from '../shared/transport';
import { simplify } from './actions/entries.descriptions';
import { shapeOptions } from './shape.descriptions';

/** What entries are to look like. */
export interface ShapeChoice extends Pick<
	ReadRequest,
	'mapIndex' | 'names' | 'timeZone' | 'utm' | 'choiceFields' | 'withUploader'
> {
	/** Tidy instead of exactly as the service sends them. */
	simplify: boolean;
}

/** The members of `shapeOptions`, as they are checked. */
interface ShapeOptions extends Required<Pick<ReadRequest, 'timeZone' | 'utm' | 'choiceFields'>> {
	mapping: string;
	columnNames: Required<ReadRequest>['names'];
	uploader: boolean;
}

/** Reads `Simplify` and the options of `shapeOptions`, for an execution, a poll or a dialog. @throws InputError */
export function shapeOf(context: HostContext, itemIndex = 0): ShapeChoice {
	const options = checkedCollection<ShapeOptions>(context, 'options', itemIndex, shapeOptions);
	const { mapping, columnNames = 'mapping', timeZone } = options;
	// Judged before anything is asked for.
	zoneReader(timeZone);
	return {
		simplify: flagSetting(context, simplify, itemIndex),
		mapIndex: mapping,
		names: columnNames,
		timeZone,
		utm: options.utm ?? false,
		choiceFields: options.choiceFields ?? false,
		withUploader: options.uploader ?? false,
	};
}
