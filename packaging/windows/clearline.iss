; Inno Setup 6 recipe. `packaging\windows\make.ps1` runs it; version and folders come from its command line:
;   iscc /DVersion=0.1.0 /DFrozen=…\build\frozen\clearline /DOutput=…\dist /DIcon=…\build\assets\clearline.ico clearline.iss
; Silent:      clearline-…-setup.exe /VERYSILENT /SUPPRESSMSGBOXES /NORESTART /LOG=setup.log
; Everybody:   add /ALLUSERS (asks for an administrator); without it nothing asks for one.
; Uninstall:   "%LocalAppData%\Programs\Clearline\unins000.exe" /VERYSILENT

#ifndef Version
  #error Give /DVersion=
#endif
#ifndef Frozen
  #error Give /DFrozen=, the one-folder build
#endif
#ifndef Output
  #define Output "."
#endif

[Setup]
AppId={{5D0C4A52-6B0E-4E6B-9C57-3E4D5C1B7A10}
AppName=Clearline
AppVersion={#Version}
AppVerName=Clearline {#Version}
AppPublisher=Clearline maintainers
VersionInfoVersion={#Version}
DefaultDirName={autopf}\Clearline
DefaultGroupName=Clearline
DisableProgramGroupPage=yes
DisableDirPage=auto
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=commandline
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
OutputDir={#Output}
OutputBaseFilename=clearline-{#Version}-windows-amd64-setup
SetupIconFile={#Icon}
UninstallDisplayIcon={app}\clearline-window.exe
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
ChangesEnvironment=yes
CloseApplications=yes
RestartApplications=no

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "fr"; MessagesFile: "compiler:Languages\French.isl"

[CustomMessages]
en.OnPath=Make the command “clearline” available in the terminal
fr.OnPath=Rendre la commande « clearline » disponible dans le terminal
en.Session=Clearline session
fr.Session=Session Clearline

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked
Name: "path"; Description: "{cm:OnPath}"

[Files]
Source: "{#Frozen}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[InstallDelete]
; Files of an older version must not be mixed with those of this one.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{autoprograms}\Clearline"; Filename: "{app}\clearline-window.exe"
Name: "{autodesktop}\Clearline"; Filename: "{app}\clearline-window.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\.clearline"; ValueType: string; ValueData: "Clearline.Session"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\Clearline.Session"; ValueType: string; ValueData: "{cm:Session}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Clearline.Session\DefaultIcon"; ValueType: string; ValueData: "{app}\clearline-window.exe,0"
Root: HKA; Subkey: "Software\Classes\Clearline.Session\shell\open\command"; ValueType: string; ValueData: """{app}\clearline-window.exe"" --open ""%1"""
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: not IsAdminInstallMode and IsNotOnPath
Root: HKLM; Subkey: "SYSTEM\CurrentControlSet\Control\Session Manager\Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: IsAdminInstallMode and IsNotOnPath

[Run]
Filename: "{app}\clearline-window.exe"; Description: "{cm:LaunchProgram,Clearline}"; Flags: nowait postinstall skipifsilent

[Code]
const
  ForAll = 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment';
  ForOne = 'Environment';

function Folders(var Path: string): Boolean;
begin
  if IsAdminInstallMode then
    Result := RegQueryStringValue(HKLM, ForAll, 'Path', Path)
  else
    Result := RegQueryStringValue(HKCU, ForOne, 'Path', Path);
end;

function Place(Path: string): Integer;
begin
  Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Path) + ';');
end;

function IsNotOnPath: Boolean;
var
  Path: string;
begin
  Result := not Folders(Path) or (Place(Path) = 0);
end;

procedure TakeOffPath;
var
  Path: string;
begin
  if not Folders(Path) or (Place(Path) = 0) then
    exit;
  Delete(Path, Place(Path), Length(ExpandConstant('{app}')) + 1);
  if (Length(Path) > 0) and (Path[Length(Path)] = ';') then
    SetLength(Path, Length(Path) - 1);
  if IsAdminInstallMode then
    RegWriteExpandStringValue(HKLM, ForAll, 'Path', Path)
  else
    RegWriteExpandStringValue(HKCU, ForOne, 'Path', Path);
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
begin
  if Step = usPostUninstall then
    TakeOffPath;
end;
