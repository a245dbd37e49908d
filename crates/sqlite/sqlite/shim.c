/*
** What crates/sqlite reads of SQLite's own structs; compiled behind the amalgamation, so a change of theirs shows here.
*/

/* src/row.rs reads these members of `sqlite3_value`. */
#define DX_LIES_AT(member, offset) \
  typedef char dx_check_##member[offsetof(struct sqlite3_value, member)==(offset) ? 1 : -1]
DX_LIES_AT(u, 0);
DX_LIES_AT(z, 8);
DX_LIES_AT(n, 16);
DX_LIES_AT(flags, 20);
DX_LIES_AT(enc, 22);
typedef char dx_check_size[sizeof(struct sqlite3_value)==56 ? 1 : -1];
typedef char dx_check_flags[
  MEM_Null==0x01 && MEM_Str==0x02 && MEM_Int==0x04 && MEM_Real==0x08 && MEM_Blob==0x10 && MEM_AffMask==0x3f
  && MEM_Zero==0x400 ? 1 : -1];

/* The values of the row that a statement stands on. */
const sqlite3_value *dx_row(sqlite3_stmt *pStmt){
  return ((Vdbe*)pStmt)->pResultRow;
}

/* What src/row.rs asks of a step. */
typedef struct DxStepped DxStepped;
struct DxStepped {
  const sqlite3_value *aValue;
  int nCompiled;
  int nColumn;
};

int dx_step(sqlite3_stmt *pStmt, DxStepped *p){
  int rc = sqlite3_step(pStmt);
  p->aValue = ((Vdbe*)pStmt)->pResultRow;
  p->nCompiled = (int)((Vdbe*)pStmt)->aCounter[SQLITE_STMTSTATUS_REPREPARE];
  p->nColumn = (int)((Vdbe*)pStmt)->nResColumn;
  return rc;
}

/* What src/connection.rs calls Changes. */
typedef struct DxChanges DxChanges;
struct DxChanges {
  i64 nRow;
  i64 iLast;
};

int dx_run(sqlite3_stmt *pStmt, DxChanges *p){
  sqlite3 *db = ((Vdbe*)pStmt)->db;
  i64 nBefore = db->nTotalChange;
  int rc;
  do{
    rc = sqlite3_step(pStmt);
  }while( rc==SQLITE_ROW );
  if( rc!=SQLITE_DONE ) return rc;
  sqlite3_reset(pStmt);
  p->nRow = db->nTotalChange==nBefore ? 0 : db->nChange;
  p->iLast = db->lastRowid;
  return rc;
}

/* Whether all databases of a connection are its own and in memory: no other connection sees what they hold. */
int dx_is_private(sqlite3 *db){
  Btree *pBt = db->aDb[0].pBt;
  return db->nDb==2 && pBt!=0 && pBt->sharable==0 && sqlite3BtreePager(pBt)->memDb!=0;
}

/*
** Binds the first n parameters of a statement that is reset; src/bind.rs describes the kinds. As sqlite3_bind_*() does, but
** once for all, for values that SQLite need not copy.
*/
int dx_bind(sqlite3_stmt *pStmt, int n, const int *aKind, const u64 *aValue, const char *zKept, u64 nKept){
  Vdbe *v = (Vdbe*)pStmt;
  int i, rc = SQLITE_OK;
  for(i=0; i<n; i++){
    Mem *p = &v->aVar[i];
    u64 value = aValue[i];
    u64 iStart = value & 0xffffffff, nByte = value>>32;
    double r;
    memcpy(&r, &value, sizeof(r));
    if( VdbeMemDynamic(p) || p->szMalloc ) sqlite3VdbeMemRelease(p);
    p->flags = MEM_Null;
    if( v->expmask!=0 && (v->expmask & (i>=31 ? 0x80000000 : (u32)1<<i))!=0 ) v->expired = 1;
    switch( aKind[i] ){
      case 1:
        p->u.i = (int)(u32)value;
        p->flags = MEM_Int;
        break;
      case 4:
        p->u.i = (i64)value;
        p->flags = MEM_Int;
        break;
      case 5:
        p->u.i = (i64)r;
        p->flags = MEM_Int;
        break;
      case 2:
        if( !sqlite3IsNaN(r) ){
          p->u.r = r;
          p->flags = MEM_Real;
        }
        break;
      case 3:
      case 6:
        if( iStart+nByte>nKept ) break;
        p->z = nByte ? (char*)&zKept[iStart] : (char*)"";
        p->n = (int)nByte;
        p->enc = SQLITE_UTF8;
        p->flags = MEM_Static | (aKind[i]==3 ? MEM_Str : MEM_Blob);
        if( aKind[i]==3 && ENC(v->db)!=SQLITE_UTF8 && rc==SQLITE_OK ) rc = sqlite3VdbeChangeEncoding(p, ENC(v->db));
        break;
    }
  }
  v->db->errCode = rc;
  return rc;
}

/*
** Stands for the schemas that a connection knows: it changes when one of them does, and with each attached database.
*/
u64 dx_stamp(sqlite3 *db){
  u64 stamp = db->nDb;
  int i;
  for(i=0; i<db->nDb; i++){
    const Schema *p = db->aDb[i].pSchema;
    stamp = (stamp ^ (u64)(size_t)p) * 0x9e3779b97f4a7c15;
    if( p ) stamp = (stamp ^ ((u64)(u32)p->schema_cookie<<32 | (u32)p->iGeneration)) * 0x9e3779b97f4a7c15;
    stamp ^= stamp>>29;
  }
  return stamp;
}

/* Whether SQLite has not noted that a statement has to be compiled anew. */
int dx_is_fresh(sqlite3_stmt *pStmt){
  return ((Vdbe*)pStmt)->expired==0;
}
