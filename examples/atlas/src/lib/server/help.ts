/** The help pages. A path is found as it is written here; `''` is the first page. */

export interface HelpPage {
	path: string;
	title: string;
	summary: string;
	sections: { title: string; text: string[] }[];
}

export const helpPages: readonly HelpPage[] = [
	{
		path: '',
		title: 'Help',
		summary: 'How to find your way around the atlas.',
		sections: [
			{
				title: 'Find a country',
				text: [
					'Press / on any page, or Ctrl K, and type a name, a capital or a code. The list on the first page filters by region, coast and membership; its address always holds the filters, so it can be kept or sent.',
					'An address works with any code that a country has: /country/fr, /country/FRA and /country/250 lead to the same page.'
				]
			},
			{
				title: 'Without JavaScript',
				text: ['Every page works without it: maps are links, filters are a form, the colours switch by a request. What is lost is comfort: zooming, the quick search, the turning globe.']
			}
		]
	},
	{
		path: 'map',
		title: 'The maps',
		summary: 'Zooming, moving, and what the colours say.',
		sections: [
			{
				title: 'Look closer',
				text: ['Use the buttons in the corner, two fingers, or the wheel with Ctrl held. Drag to move what you see. A plain wheel scrolls the page, as everywhere else.']
			},
			{
				title: 'What is drawn',
				text: [
					'The world is in the Equal Earth projection, which keeps areas true. Closer maps are azimuthal and equal in area too, each centred on what it shows.',
					'A dot is a country too small for its outline to be seen.'
				]
			}
		]
	},
	{
		path: 'map/keyboard',
		title: 'Maps by keyboard',
		summary: 'Arrows lead from country to country.',
		sections: [
			{
				title: 'Keys',
				text: [
					'Tab leads to one country of a map. The arrow keys go on to the nearest country in that direction, Enter or Space opens it.',
					'+ and - zoom around the country that has the focus, 0 shows the whole map again.',
					'On the globe the arrow keys turn the Earth.'
				]
			}
		]
	},
	{
		path: 'compare',
		title: 'Comparing',
		summary: 'Up to six countries side by side.',
		sections: [
			{
				title: 'Put countries aside',
				text: ['The button Compare on a country’s page puts it aside; the number in the header says how many there are. They are kept in a cookie of yours and nowhere else.']
			},
			{
				title: 'True size',
				text: ['Outlines are drawn at one scale, each from straight above its middle. So Greenland stops looking as large as Africa.']
			}
		]
	},
	{
		path: 'data',
		title: 'Where the data comes from',
		summary: 'Sources and licences.',
		sections: [
			{
				title: 'Sources',
				text: [
					'Facts: the npm package world-countries, under the Open Database License. Outlines: the npm package world-atlas, made from Natural Earth, in the public domain.',
					'Borders and names are those of the sources. They are no statement about what belongs to whom.'
				]
			},
			{
				title: 'As JSON',
				text: ['/api/countries answers with the list; ?q= searches, ?region= and ?limit= narrow it. A HEAD request gives only the number, in the header x-total-count.']
			}
		]
	}
];

export function findHelp(path: string): HelpPage | undefined {
	return helpPages.find((page) => page.path === path);
}
