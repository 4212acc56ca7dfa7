export * from './cursor.ts';
export * from './questions.ts';
export * from './reader.ts';
export * from './rows.ts';
export * from './source-query.ts';
export * from './symphony-reader.ts';
