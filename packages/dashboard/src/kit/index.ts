export { type Api, ApiError, apiOf, type Query } from './api.ts';
export { definePanel, type Panel, type PanelHost, usePanel } from './panel.tsx';
export { kindOf, Progress, State } from './states.tsx';
export { type Column, Table, type TableProps } from './table.tsx';
export { durationText, timeText } from './time.ts';
export { useView, type Viewed } from './use-view.ts';
